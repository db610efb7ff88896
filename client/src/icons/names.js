/**
 * The icons in use: our name for what one means, and lucide's name for its drawing. The build makes one sprite of them.
 */
export const ICONS = {
  record: "square-pen",
  mine: "list",
  sync: "refresh-cw",
  check_in: "log-in",
  check_out: "log-out",
  on_break: "coffee",
  camera: "camera",
  place: "map-pin",
  settings: "settings",
  back: "arrow-left",
  remove: "trash-2",
  warning: "triangle-alert",
  draft: "pencil",
  on_phone: "smartphone",
  at_centre_checking: "hourglass",
  received: "circle-check",
  needs_you: "message-circle-warning",
  save: "download",
};
