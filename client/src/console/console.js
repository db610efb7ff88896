// The console's own script: htmx under a strict policy, gentle polling, keyboard. Reading works without it.
import "./trusted.js";
import "./htmx.js";
import "./polling.js";
import "./keyboard.js";
import "./lists.js";
