// QR codes out of pictures, for browsers without a BarcodeDetector.
import jsQR from "jsqr";

export function text(pixels, width, height) {
  return jsQR(pixels, width, height)?.data ?? null;
}
