export { onCallEnd } from "./call-end.js";
export { GrpcHost, type GrpcHostOptions, type HostedService } from "./grpc-host.js";
