/** Small files as base64. */
export const PNG_DATA =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
export const PDF_DATA = Buffer.from("%PDF-1.7 tiny").toString("base64");
export const TEXT_DATA = Buffer.from("Hello, plain text.").toString("base64");
export const WAV_DATA = Buffer.from("RIFF....WAVEfmt ").toString("base64");
