import { CAR, CAR_FRAME } from "./car-message.mjs";
import { keep } from "./kept.mjs";

/**
 * A car by its values. `bulk` keeps texts as octets, which are in the values before encoding and stay in the frame after
 * decoding. `text` takes and gives strings, as JSON and protobuf do: it fills the values from an object with strings
 * before it encodes, and asks for every string after it has decoded. Texts that repeat from message to message, as these
 * do, are the same strings again; what new strings cost is in the getters of `generated`.
 */
export function carBulk({ CarValues, CarEncoder, CarDecoder }, frames, lengths) {
  const make = (prepare, finish) => {
    const bytes = frames.slice();
    const view = new DataView(bytes.buffer);
    const source = new CarValues();
    fill(source, CAR);
    const target = new CarValues();
    return {
      octets: bytes,
      encode: (index) => {
        prepare(source);
        source.serialNumberLo = index;
        keep(CarEncoder.encode(view, index * CAR_FRAME, source));
      },
      decode: (index) => {
        CarDecoder.decode(view, index * CAR_FRAME, lengths[index], target);
        keep(finish(target));
      },
    };
  };
  return {
    bulk: make(
      () => {},
      (values) => values.modelYear,
    ),
    text: make((values) => fill(values, CAR), textLengths),
  };
}

function fill(values, car) {
  values.modelYear = car.modelYear;
  values.available = car.available;
  values.code = car.code;
  const numbers = values.someNumbersView;
  for (let index = 0; index < 4; index++) numbers.setUint32(index * 4, car.someNumbers[index], true);
  values.vehicleCodeText = car.vehicleCode;
  values.extras = car.extras;
  values.engineCapacity = car.engine.capacity;
  values.engineNumCylinders = car.engine.numCylinders;
  values.engineManufacturerCodeText = car.engine.manufacturerCode;
  fillFuel(values.fuelFigures, car.fuelFigures);
  fillPerformance(values.performanceFigures, car.performanceFigures);
  values.manufacturer.text = car.manufacturer;
  values.model.text = car.model;
}

function fillFuel(group, figures) {
  const entries = group.resize(figures.length);
  for (let index = 0; index < figures.length; index++) {
    const entry = entries[index];
    const { speed, mpg, usageDescription } = figures[index];
    entry.speed = speed;
    entry.mpg = mpg;
    entry.usageDescription.text = usageDescription;
  }
}

function fillPerformance(group, figures) {
  const entries = group.resize(figures.length);
  for (let index = 0; index < figures.length; index++) {
    const { octaneRating, acceleration } = figures[index];
    entries[index].octaneRating = octaneRating;
    const inner = entries[index].acceleration.resize(acceleration.length);
    for (let at = 0; at < acceleration.length; at++) {
      inner[at].mph = acceleration[at].mph;
      inner[at].seconds = acceleration[at].seconds;
    }
  }
}

function textLengths(values) {
  let length =
    values.vehicleCodeText.length +
    values.engineManufacturerCodeText.length +
    values.manufacturer.text.length +
    values.model.text.length;
  const { count, entries } = values.fuelFigures;
  for (let index = 0; index < count; index++) length += entries[index].usageDescription.text.length;
  return length;
}
