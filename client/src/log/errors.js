/**
 * The one error that leaves log/, feeds/ and sync/: a code with parameters, put into words by the catalog, never here.
 */
export class PhoneError extends Error {
  /**
   * @param {string} code catalog key without its prefix
   * @param {Object<string, unknown>} [params] what the words need
   * @param {string} [path] the field it concerns, dotted; "" for none
   */
  constructor(code, params = {}, path = "") {
    super(path ? `${code} at ${path}` : code);
    this.name = "PhoneError";
    this.code = code;
    this.params = params;
    this.path = path;
  }
}

/** The network gave nothing, or not the whole answer: worth trying again. */
export const SERVER_AWAY = "server_away";

/** @param {unknown} error @returns {PhoneError} any other failure becomes `storage_full` or `unexpected`, with its message kept */
export function asPhoneError(error) {
  if (error instanceof PhoneError) return error;
  if (error?.name === "QuotaExceededError") return new PhoneError("storage_full");
  return new PhoneError("unexpected", { message: String(error?.message ?? error) });
}
