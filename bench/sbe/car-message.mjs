import { keep } from "./kept.mjs";
import { MESSAGE_COUNT } from "./measure.mjs";
import { buffer, indexes } from "./record-prefix.mjs";

/** Octets from the start of one car to that of the next. */
export const CAR_FRAME = 512;

export const CAR = {
  modelYear: 2013,
  available: 1,
  code: 65,
  someNumbers: [1, 2, 3, 4],
  vehicleCode: "abcdef",
  extras: 6,
  engine: { capacity: 2000, numCylinders: 4, manufacturerCode: "123" },
  fuelFigures: [
    { speed: 30, mpg: 35.9, usageDescription: "Urban Cycle" },
    { speed: 55, mpg: 49, usageDescription: "Combined Cycle" },
    { speed: 75, mpg: 40, usageDescription: "Highway Cycle" },
  ],
  performanceFigures: [95, 99].map((octaneRating) => ({
    octaneRating,
    acceleration: [
      { mph: 30, seconds: 4 },
      { mph: 60, seconds: 7.5 },
      { mph: 100, seconds: 12.2 },
    ],
  })),
  manufacturer: "Honda",
  model: "Civic VTi",
};

/** The example of the reference tool. Hand-written code for it would be a codec of its own, so there is none. */
export function carCase({ CarEncoder, CarDecoder }) {
  const frame = CAR_FRAME;
  const own = buffer(frame);
  const encoder = new CarEncoder();
  const decoder = new CarDecoder();
  const lengths = new Int32Array(MESSAGE_COUNT);
  return {
    name: "Car",
    octets: { generated: own.bytes },
    lengths,
    json: indexes.map((index) => ({ serialNumber: index, ...CAR })),
    protobuf: indexes.map((index) => ({ serialNumber: BigInt(index), ...CAR })),
    generated: {
      encode: (index) => {
        const car = encoder.wrapAndApplyHeader(own.view, index * frame);
        car.serialNumberNumber(index).modelYear(CAR.modelYear).available(1).code(CAR.code);
        for (let at = 0; at < 4; at++) car.someNumbers(at, CAR.someNumbers[at]);
        car.vehicleCode(CAR.vehicleCode).extras(CAR.extras);
        car
          .engine()
          .capacity(CAR.engine.capacity)
          .numCylinders(4)
          .manufacturerCode(CAR.engine.manufacturerCode);
        const fuel = car.fuelFiguresCount(CAR.fuelFigures.length);
        for (const { speed, mpg, usageDescription } of CAR.fuelFigures) {
          fuel.next().speed(speed).mpg(mpg).usageDescription(usageDescription);
        }
        const performance = car.performanceFiguresCount(CAR.performanceFigures.length);
        for (const { octaneRating, acceleration } of CAR.performanceFigures) {
          const entries = performance
            .next()
            .octaneRating(octaneRating)
            .accelerationCount(acceleration.length);
          for (const { mph, seconds } of acceleration) entries.next().mph(mph).seconds(seconds);
        }
        lengths[index] = car.manufacturer(CAR.manufacturer).model(CAR.model).limit - index * frame;
      },
      decode: (index) => {
        const car = decoder.wrapAndApplyHeader(own.view, index * frame, lengths[index]);
        let total = car.serialNumberNumber() + car.modelYear() + car.available() + car.code() + car.extras();
        for (let at = 0; at < 4; at++) total += car.someNumbers(at);
        const engine = car.engine();
        total +=
          engine.capacity() +
          engine.numCylinders() +
          engine.manufacturerCode().length +
          car.vehicleCode().length;
        const fuel = car.fuelFigures();
        while (fuel.hasNext()) total += fuel.next().speed() + fuel.mpg() + fuel.usageDescription().length;
        const performance = car.performanceFigures();
        while (performance.hasNext()) {
          const acceleration = performance.next().acceleration();
          total += performance.octaneRating();
          while (acceleration.hasNext()) total += acceleration.next().mph() + acceleration.seconds();
        }
        keep(total + car.manufacturer().length + car.model().length);
      },
    },
  };
}
