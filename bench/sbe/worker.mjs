import { barCase } from "./bar-message.mjs";
import { bookDeltaCase } from "./book-delta-message.mjs";
import { loadCodecs } from "./build.mjs";
import { bookDeltaBulk } from "./bulk-book-delta.mjs";
import { carBulk } from "./bulk-car.mjs";
import { barBulk, tradeBulk } from "./bulk-messages.mjs";
import { carCase } from "./car-message.mjs";
import { keep, lastKept } from "./kept.mjs";
import { MESSAGE_COUNT, measure } from "./measure.mjs";
import { protobufSteps } from "./protobuf.mjs";
import { tradeCase } from "./trade-message.mjs";

/** `worker.mjs FOLDER MESSAGE DIRECTION VARIANT`: one measurement as JSON; null where there is no such variant. */
const [folder, message, direction, variant] = process.argv.slice(2);
const { sbe, bench } = await loadCodecs(folder);
const one = {
  Trade: () => tradeCase(sbe),
  Bar: () => barCase(sbe),
  BookDelta: () => bookDeltaCase(bench),
  Car: () => carCase(bench),
}[message]();

function jsonSteps(values) {
  const texts = values.map((value) => JSON.stringify(value));
  return {
    encode: (index) => keep(JSON.stringify(values[index]).length),
    decode: (index) => keep(JSON.parse(texts[index]) === undefined ? 0 : 1),
  };
}

/** Both ways of writing must give the same octets and readings, or the comparison would be of different work. */
function checkOctets({ name, generated, hand, octets }) {
  for (let index = 0; index < MESSAGE_COUNT; index++) {
    generated.encode(index);
    hand?.encode(index);
  }
  if (!hand) return;
  if (Buffer.compare(octets.generated, octets.hand) !== 0) throw new Error(`${name}: octets differ`);
  generated.decode(5);
  const found = lastKept();
  hand.decode(5);
  if (found !== lastKept()) throw new Error(`${name}: readings differ`);
}

checkOctets(one);
const frames = one.octets.generated;
const bulk = {
  Trade: () => tradeBulk(sbe, frames),
  Bar: () => barBulk(sbe, frames),
  BookDelta: () => bookDeltaBulk(bench, frames, frames.length / MESSAGE_COUNT),
  Car: () => carBulk(bench, frames, one.lengths),
}[message]();
for (const steps of Object.values(bulk)) {
  const expected = Buffer.from(steps.octets);
  for (let index = 0; index < MESSAGE_COUNT; index++) steps.octets.fill(0xa5, ...placeOf(index));
  for (let index = 0; index < MESSAGE_COUNT; index++) steps.encode(index);
  if (Buffer.compare(expected, steps.octets) !== 0) throw new Error(`${message}: octets of bulk differ`);
}

/** First octet of a message, and the first behind it. */
function placeOf(index) {
  const stride = frames.length / MESSAGE_COUNT;
  return [index * stride, index * stride + (one.lengths?.[index] ?? stride)];
}

const steps = {
  generated: () => one.generated,
  hand: () => one.hand,
  bulk: () => bulk.bulk,
  bulkHand: () => bulk.bulkHand,
  text: () => bulk.text,
  json: () => jsonSteps(one.json),
  protobuf: () => protobufSteps(one.name, one.protobuf),
}[variant]();
process.stdout.write(JSON.stringify(steps ? measure(steps[direction]) : null));
