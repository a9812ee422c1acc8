// A disk whose power can be cut: the file system of the log on which the others here are built.
export { type FileFault, type FileOperation, MemoryFileSystem, systemError } from "@ims/segment-log";
export { TESTKIT_ERRORS } from "./errors.js";
export { CatalogModel, StreamModel, TopicModel } from "./model/catalog-model.js";
export { ModelConnection } from "./model/model-connection.js";
export { PartitionModel, type StoredMessage } from "./model/partition-model.js";
export { ServerModel, type ServerModelOptions } from "./model/server-model.js";
export * from "./network/link-conditions.js";
export * from "./network/simulated-network.js";
export type { SimulatedStream } from "./network/simulated-stream.js";
export * from "./peer/fault.js";
export { IggyPeer } from "./peer/iggy-peer.js";
export * from "./peer/listen-tcp.js";
export type { PeerStream } from "./peer/peer-connection.js";
export * from "./peer/random-faults.js";
export { SeededRandom } from "./random/seeded-random.js";
export * from "./rig/client-rig.js";
export * from "./rig/seeds.js";
export * from "./storage/crashable-disk.js";
export * from "./storage/every-crash.js";
export * from "./time/run-simulated.js";
export { ScopedClock } from "./time/scoped-clock.js";
export * from "./transcripts/compare-frames.js";
export * from "./transcripts/replay-on-model.js";
export * from "./transcripts/transcript.js";
export { TranscriptPeer } from "./transcripts/transcript-peer.js";
export {
  type CollectedBook,
  type CollectedOrder,
  type CollectedTrade,
  CollectingSink,
} from "./venue/collecting-sink.js";
export { RecordingsCopy } from "./venue/recordings-copy.js";
export type { VenueCase } from "./venue/venue-case.js";
export { runVenueCase, VENUE_CASES } from "./venue/venue-conformance.js";
export { VenueRig } from "./venue/venue-rig.js";
export type { VenueStage, VenueTrade } from "./venue/venue-stage.js";
