/** What a person would be annoyed by, found in the page as it stands: `eye.problems(options)` returns sentences. */
globalThis.eye = (() => {
  const TOLERANCE_PX = 1;
  // Of usual length and standing free: no screen has room for every word that a stranger may put together.
  const WORD = /(?<=^|[\s(“（，。：、·])[A-Za-z]{2,14}(?=$|[\s),.;:!?”），。：、·])/g;
  // Rows of one list are of one make: axe, which takes most of the time, sees the first dozen.
  const MORE_ROWS = [["tbody tr:nth-child(n + 13)"]];
  const TAPPED = "a[href], button, input:not([type=hidden]), select, textarea, summary";

  function isVisible(element) {
    return element.checkVisibility({ checkOpacity: false, visibilityProperty: true }) && element.getClientRects().length > 0;
  }

  const name = (element) => `${element.localName}${element.id ? `#${element.id}` : ""}.${String(element.className?.baseVal ?? element.className)} “${element.textContent.trim().slice(0, 30)}”`;

  /** Nothing reaches past the edge of the screen, but what has its own place to scroll in. */
  function sideways() {
    const width = document.documentElement.clientWidth;
    const found = document.documentElement.scrollWidth > width + TOLERANCE_PX ? [`the page is ${document.documentElement.scrollWidth} px wide`] : [];
    for (const element of document.body.querySelectorAll("*")) {
      if (!isVisible(element) || element.closest(".visually-hidden, .skip, svg, dialog")) continue;
      const { left, right } = element.getBoundingClientRect();
      if ((right > width + TOLERANCE_PX || left < -TOLERANCE_PX) && !scrolls(element)) found.push(`past the edge: ${name(element)}`);
    }
    return found;
  }

  function scrolls(element) {
    for (let box = element.parentElement; box; box = box.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)) return true;
    }
    return false;
  }

  /** No text is cut off by its box, and no English word of usual length goes over two lines. */
  function cut() {
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { parentElement: element, data } = texts.currentNode;
      if (!data.trim() || !isVisible(element) || element.closest(".visually-hidden, script, option, .anywhere, .code, .mono, code, pre")) continue;
      const { overflowX } = getComputedStyle(element);
      if (["hidden", "clip"].includes(overflowX) && element.scrollWidth > element.clientWidth + TOLERANCE_PX) found.push(`cut off: ${name(element)}`);
      for (const word of data.matchAll(WORD)) if (isBroken(texts.currentNode, word)) found.push(`broken word “${word[0]}” in ${name(element)}`);
    }
    return found;
  }

  function isBroken(node, { index, 0: word }) {
    const range = document.createRange();
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    return new Set([...range.getClientRects()].map((rect) => Math.round(rect.top))).size > 1;
  }

  /** A link in the middle of a sentence is as high as the sentence; everything else is for a thumb. */
  function small(minPx) {
    const found = [];
    for (const element of document.querySelectorAll(TAPPED)) {
      if (!isVisible(element) || isInSentence(element) || element.closest(".visually-hidden")) continue;
      const box = (element.matches("input[type=radio], input[type=checkbox], input[type=file]") && element.closest("label")) || element;
      const { width, height } = box.getBoundingClientRect();
      if (width < minPx - 0.5 || height < minPx - 0.5) found.push(`${Math.round(width)}×${Math.round(height)} px to tap: ${name(box)}`);
    }
    return found;
  }

  function isInSentence(element) {
    const around = element.parentElement;
    return element.localName === "a" && getComputedStyle(element).display === "inline" && around.localName === "p" && around.textContent.trim() !== element.textContent.trim();
  }

  async function unfitForSome(rules) {
    const options = { resultTypes: ["violations"], iframes: false, elementRef: false, ...(rules ? { runOnly: { type: "rule", values: rules } } : {}) };
    const { violations } = await axe.run({ exclude: MORE_ROWS }, options);
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `axe ${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? node.failureSummary}`));
  }

  return {
    async problems({ tapPx = 0, rules = null, axe: hasAxe = true }) {
      return [...sideways(), ...cut(), ...(tapPx ? small(tapPx) : []), ...(hasAxe ? await unfitForSome(rules) : [])];
    },
  };
})();
