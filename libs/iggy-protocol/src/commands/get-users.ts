import { readUserRecord, type UserRecord, writeUserRecord } from "../records/user-record.js";
import { commandCodec, noRequest } from "./command-codec.js";

/** Empty request → user records to the end of the body, by id. */
export const getUsers = commandCodec<undefined, readonly UserRecord[]>("get users", {
  ...noRequest,
  writeReply(writer, users) {
    for (const user of users) writeUserRecord(writer, user);
  },
  readReply(reader) {
    const users: UserRecord[] = [];
    while (reader.remaining > 0) users.push(readUserRecord(reader));
    return users;
  },
});
