// s3rver on a free port of 127.0.0.1 with one bucket; prints the port, and ends when stdin is closed.
const S3rver = require("s3rver");

const server = new S3rver({
  address: "127.0.0.1",
  port: 0,
  silent: true,
  directory: process.argv[2],
  configureBuckets: [{ name: "liandong" }],
});
server.run().then(({ port }) => console.log(port));
process.stdin.on("end", () => process.exit(0)).resume();
