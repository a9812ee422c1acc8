import { deleteOffset } from "../commands/delete-offset.js";
import { flushUnsavedBuffer } from "../commands/flush-unsaved-buffer.js";
import { getOffset } from "../commands/get-offset.js";
import { pollMessages } from "../commands/poll-messages.js";
import { sendMessages } from "../commands/send-messages.js";
import { storeOffset } from "../commands/store-offset.js";
import { IggyErrorCode } from "../errors/iggy-error-code.js";
import { Operation } from "../frame/operation.js";
import { read, write } from "./command.js";

const OFFSET_TARGET = "[consumer][stream][topic][optional partition]";

export const MESSAGE_COMMANDS = {
  pollMessages: read("message.poll", 100, pollMessages, {
    permission: "pollMessages",
    request: `${OFFSET_TARGET}[strategy][count u32][auto_commit u8]`,
    reply: "[partition_id u32][current_offset u64][message_count u32]{batch}",
    refusals: [
      IggyErrorCode.StreamIdNotFound,
      IggyErrorCode.TopicIdNotFound,
      IggyErrorCode.PartitionNotFound,
    ],
  }),
  sendMessages: write("message.send", 101, Operation.SendMessages, sendMessages, {
    permission: "sendMessages",
    retry: "appends",
    request: "[metadata_len u32][stream][topic][partitioning][message_count u32][batch]",
    reply: "[count u32]{[stream_id u32][topic_id u32][partition_id u32][base_offset u64]}",
    refusals: [IggyErrorCode.ResourceNotFound],
  }),
  flushUnsavedBuffer: read("message.flush", 102, flushUnsavedBuffer, {
    permission: "sendMessages",
    request: "[stream][topic][partition u32][fsync u8]",
  }),
  getOffset: read("offset.get", 120, getOffset, {
    permission: "pollMessages",
    request: OFFSET_TARGET,
    reply: "[partition_id u32][current_offset u64][stored_offset u64], empty when none",
    refusals: [IggyErrorCode.PartitionNotFound],
  }),
  storeOffset: write("offset.store", 121, Operation.StoreConsumerOffset, storeOffset, {
    permission: "pollMessages",
    retry: "repeatable",
    request: `${OFFSET_TARGET}[offset u64][ack u8]`,
    refusals: [IggyErrorCode.ResourceNotFound, IggyErrorCode.InvalidOffset],
  }),
  deleteOffset: write("offset.delete", 122, Operation.DeleteConsumerOffset, deleteOffset, {
    permission: "pollMessages",
    retry: "repeatable",
    request: `${OFFSET_TARGET}[ack u8]`,
    refusals: [IggyErrorCode.ResourceNotFound, IggyErrorCode.ConsumerOffsetNotFound],
  }),
} as const;
