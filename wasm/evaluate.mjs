// Classifies all pictures of an IDX file with a network in WebAssembly: node evaluate.mjs MODULE MODEL IMAGES LABELS
//
// Prints one JSON object: images, correct, logits_crc32 (CRC-32 of all logits of all pictures in order, little-endian).
import { readFileSync } from 'node:fs';

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function refuse(message) {
  console.error(`error: ${message}`);
  process.exit(2);
}

function read(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    return refuse(`${path}: cannot be read: ${error.code}`);
  }
}

// Reads an IDX file: pictures of `sizes`, or labels.
function idx(path, magic, sizes) {
  const file = read(path);
  const header = 8 + 4 * sizes.length;
  if (file.length < header || file.readUInt32BE(0) !== magic) refuse(`${path}: not an IDX file of type ${magic}`);
  sizes.forEach((size, index) => {
    const found = file.readUInt32BE(8 + 4 * index);
    if (found !== size) refuse(`${path}: pictures of ${found} instead of ${size} pixels in dimension ${index + 1}`);
  });
  const count = file.readUInt32BE(4);
  const size = sizes.reduce((product, length) => product * length, 1);
  if (file.length !== header + count * size) refuse(`${path}: ${file.length} bytes, expected ${header + count * size}`);
  return { count, part: (index) => file.subarray(header + index * size, header + (index + 1) * size) };
}

const paths = process.argv.slice(2);
if (paths.length !== 4) refuse('expected MODULE MODEL IMAGES LABELS');
const [modulePath, modelPath, imagesPath, labelsPath] = paths;

const { instance } = await WebAssembly.instantiate(read(modulePath));
const network = instance.exports;
// Views of linear memory are created anew each time: growing the memory detaches earlier ones.
const bytes = (address, length) => new Uint8Array(network.memory.buffer, address, length);

const model = read(modelPath);
if (model.length > network.blob_bytes()) refuse(`${modelPath}: ${model.length} bytes, at most ${network.blob_bytes()}`);
bytes(network.blob(), model.length).set(model);
if (network.load(model.length) !== 1) refuse(`${modelPath}: not a valid blob of the network in ${modulePath}`);

const images = idx(imagesPath, 0x0803, [28, 28]);
const labels = idx(labelsPath, 0x0801, []);
if (network.image_bytes() !== 784) refuse(`${modelPath}: reads pictures of ${network.image_bytes()} pixels, not 784`);
if (images.count !== labels.count) refuse(`${images.count} pictures, ${labels.count} labels: expected equal numbers`);

let correct = 0;
let crc = 0xffffffff;
for (let index = 0; index < images.count; index += 1) {
  bytes(network.image(), network.image_bytes()).set(images.part(index));
  correct += network.classify() === labels.part(index)[0] ? 1 : 0;
  for (const byte of bytes(network.logits(), 4 * network.classes())) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
}
const logits_crc32 = ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
console.log(JSON.stringify({ images: images.count, correct, logits_crc32 }));
