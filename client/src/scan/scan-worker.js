/** ZXing in its own worker: a picture comes in, the texts of its QR codes go out. The page hands the name of the WebAssembly file over as its name. */
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

// From our own origin; by itself it would ask a public network.
prepareZXingModule({ overrides: { locateFile: () => `/app/assets/${self.name}` } });

self.onmessage = async ({ data: image }) => {
  try {
    const found = await readBarcodes(image, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
    self.postMessage({ texts: found.filter((code) => code.isValid).map((code) => code.text) });
  } catch (error) {
    self.postMessage({ failure: String(error?.message ?? error) });
  }
};
