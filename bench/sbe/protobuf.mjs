import { create, createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { keep } from "./kept.mjs";

/** Messages by name: fields as [name, type], repeated ones with `[]` behind the type; other types are messages. */
const MESSAGES = {
  Trade: [
    ["eventTime", "SINT64"],
    ["sendTime", "SINT64"],
    ["receiveTime", "SINT64"],
    ["publishTime", "SINT64"],
    ["instrumentId", "UINT32"],
    ["exchangeId", "UINT32"],
    ["priceScale", "UINT32"],
    ["quantityScale", "UINT32"],
    ["flags", "UINT32"],
    ["symbol", "STRING"],
    ["tradeId", "UINT64"],
    ["price", "SINT64"],
    ["quantity", "SINT64"],
    ["firstTradeId", "UINT64"],
    ["lastTradeId", "UINT64"],
    ["aggressor", "UINT32"],
    ["kind", "UINT32"],
  ],
  Bar: [
    ["eventTime", "SINT64"],
    ["sendTime", "SINT64"],
    ["receiveTime", "SINT64"],
    ["publishTime", "SINT64"],
    ["instrumentId", "UINT32"],
    ["exchangeId", "UINT32"],
    ["priceScale", "UINT32"],
    ["quantityScale", "UINT32"],
    ["flags", "UINT32"],
    ["symbol", "STRING"],
    ["openTime", "SINT64"],
    ["closeTime", "SINT64"],
    ["open", "SINT64"],
    ["high", "SINT64"],
    ["low", "SINT64"],
    ["close", "SINT64"],
    ["volume", "SINT64"],
    ["quoteVolume", "SINT64"],
  ],
  Level: [
    ["price", "SINT64"],
    ["quantity", "SINT64"],
  ],
  BookDelta: [
    ["eventTime", "SINT64"],
    ["receiveTime", "SINT64"],
    ["firstUpdateId", "UINT64"],
    ["lastUpdateId", "UINT64"],
    ["instrumentId", "UINT32"],
    ["priceScale", "UINT32"],
    ["quantityScale", "UINT32"],
    ["flags", "UINT32"],
    ["bids", "Level[]"],
    ["asks", "Level[]"],
  ],
  Engine: [
    ["capacity", "UINT32"],
    ["numCylinders", "UINT32"],
    ["manufacturerCode", "STRING"],
  ],
  Fuel: [
    ["speed", "UINT32"],
    ["mpg", "FLOAT"],
    ["usageDescription", "STRING"],
  ],
  Acceleration: [
    ["mph", "UINT32"],
    ["seconds", "FLOAT"],
  ],
  Performance: [
    ["octaneRating", "UINT32"],
    ["acceleration", "Acceleration[]"],
  ],
  Car: [
    ["serialNumber", "UINT64"],
    ["modelYear", "UINT32"],
    ["available", "UINT32"],
    ["code", "UINT32"],
    ["someNumbers", "UINT32[]"],
    ["vehicleCode", "STRING"],
    ["extras", "UINT32"],
    ["engine", "Engine"],
    ["fuelFigures", "Fuel[]"],
    ["performanceFigures", "Performance[]"],
    ["manufacturer", "STRING"],
    ["model", "STRING"],
  ],
};

function field([name, type], index) {
  const base = type.replace("[]", "");
  const scalar = base in Type;
  return {
    name,
    number: index + 1,
    label: type.endsWith("[]") ? Label.REPEATED : Label.OPTIONAL,
    type: scalar ? Type[base] : Type.MESSAGE,
    typeName: scalar ? undefined : `.bench.${base}`,
  };
}

const messageType = Object.entries(MESSAGES).map(([name, fields]) => ({ name, field: fields.map(field) }));
const set = create(FileDescriptorSetSchema, {
  file: [{ name: "bench.proto", package: "bench", syntax: "proto3", messageType }],
});
const registry = createFileRegistry(set);

/** Steps that write and read these values as the message of a name. */
export function protobufSteps(name, values) {
  const schema = registry.getMessage(`bench.${name}`);
  const messages = values.map((value) => create(schema, value));
  const frames = messages.map((message) => toBinary(schema, message));
  return {
    encode: (index) => keep(toBinary(schema, messages[index]).length),
    decode: (index) => keep(fromBinary(schema, frames[index]) === undefined ? 0 : 1),
  };
}
