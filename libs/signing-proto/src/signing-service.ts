import type { ServiceDefinition } from "@grpc/grpc-js";
import { type LoadedProto, loadProto } from "@ims/grpc-proto";

export const SIGNING_SERVICE = "ims.signing.v1.Signing";

export const signingProto: LoadedProto = loadProto("signing.proto", new URL("../proto/", import.meta.url));
export const signingService: ServiceDefinition = signingProto.service(SIGNING_SERVICE);
