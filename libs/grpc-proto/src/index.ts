export { healthProto, reflectionProto } from "./host-protos.js";
export { type LoadedProto, loadProto } from "./load-proto.js";
export { protoContract } from "./proto-contract.js";
