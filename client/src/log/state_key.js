/** Under which key of `meta` the state of a device's log is kept. @param {string} device */
export const stateKey = (device) => `state:${device}`;
