/** `fetch` to the phone's own server, whoever answers: the worker or this page. */
import { localFetch } from "./local_fetch.js";
import { isPageMode } from "./mode.js";

export function phoneFetch(path, request) {
  return isPageMode() ? localFetch(path, request) : fetch(path, request);
}
