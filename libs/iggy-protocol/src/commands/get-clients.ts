import { type ClientRecord, readClientRecord, writeClientRecord } from "../records/client-record.js";
import { commandCodec, noRequest } from "./command-codec.js";

/** Empty request → client records to the end of the body, in any order, connections without login included. */
export const getClients = commandCodec<undefined, readonly ClientRecord[]>("get clients", {
  ...noRequest,
  writeReply(writer, clients) {
    for (const client of clients) writeClientRecord(writer, client);
  },
  readReply(reader) {
    const clients: ClientRecord[] = [];
    while (reader.remaining > 0) clients.push(readClientRecord(reader));
    return clients;
  },
});
