/** A TCP proxy that cuts the connection after so many bytes, in one direction, seen by the phone as a reset. */
import { connect, createServer } from "node:net";

export class CuttingProxy {
  made = [];

  async start(port) {
    this.listener = createServer((phone) => this.#carry(phone, connect(port, "127.0.0.1")));
    await new Promise((resolve) => this.listener.listen(0, "127.0.0.1", resolve));
    this.origin = `http://127.0.0.1:${this.listener.address().port}`;
    return this;
  }

  async stop() {
    await new Promise((resolve) => this.listener.close(resolve));
  }

  /** Counts over all connections, so that a cut falls into whatever is on the way then. */
  arm(direction, afterBytes) {
    this.next = { direction, left: afterBytes };
  }

  #carry(phone, server) {
    const end = () => {
      phone.destroy();
      server.destroy();
    };
    const through = (from, to, direction) => from.on("data", (bytes) => {
      const cut = this.next?.direction === direction && (this.next.left -= bytes.length) <= 0;
      if (!cut) return to.write(bytes);
      to.write(bytes.subarray(0, Math.max(0, bytes.length + this.next.left)));
      this.made.push(direction);
      this.next = null;
      phone.resetAndDestroy();
      server.destroy();
    });
    through(phone, server, "up");
    through(server, phone, "down");
    for (const socket of [phone, server]) socket.on("error", end).on("close", end);
  }
}
