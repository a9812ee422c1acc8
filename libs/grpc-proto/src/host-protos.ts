import { loadProto } from "./load-proto.js";

const OWN_FOLDER = new URL("../proto/", import.meta.url);

/** What every server offers beside its own service: `grpc.health.v1` and `grpc.reflection.v1`. */
export const healthProto = loadProto("health.proto", OWN_FOLDER);
export const reflectionProto = loadProto("reflection.proto", OWN_FOLDER);
