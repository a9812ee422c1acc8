import { COMMANDS, IggyErrorCode, type Option } from "@ims/iggy-protocol";
import { type CatalogModel, explicitOptions } from "./catalog-model.js";
import { modelCommand } from "./model-command.js";
import { resultRefusal, statusRefusal } from "./refusal.js";

const PARTITION_COUNT_MAX = 1000;

/** Streams, topics and partitions (errors.md section 2). */
export function catalogCommands(catalog: CatalogModel) {
  return [...streamCommands(catalog), ...topicCommands(catalog), ...partitionCommands(catalog)];
}

function streamCommands(catalog: CatalogModel) {
  return [
    modelCommand(COMMANDS.getStreams, () => catalog.streams.all.map((stream) => stream.record())),
    modelCommand(COMMANDS.getStream, ({ stream }) => catalog.streams.find(stream)?.details() ?? null),
    modelCommand(COMMANDS.createStream, ({ name, options }) => {
      refuseOptions(options);
      if (catalog.streams.find(name)) throw resultRefusal(IggyErrorCode.StreamNameAlreadyExists);
      return catalog.addStream(name).details();
    }),
    modelCommand(COMMANDS.updateStream, (request) => {
      refuseOptions(request.options);
      const stream = catalog.stream(request.stream, resultRefusal);
      const holder = catalog.streams.find(request.name);
      if (holder && holder !== stream) throw resultRefusal(IggyErrorCode.StreamNameAlreadyExists);
      stream.name = request.name;
      return undefined;
    }),
    modelCommand(COMMANDS.deleteStream, ({ stream }) => {
      catalog.streams.remove(catalog.stream(stream, resultRefusal));
      return undefined;
    }),
    modelCommand(COMMANDS.purgeStream, ({ stream }) => {
      for (const topic of catalog.stream(stream, resultRefusal).topics.all) {
        for (const partition of topic.partitions) partition.purge();
      }
      return undefined;
    }),
  ];
}

function topicCommands(catalog: CatalogModel) {
  return [
    modelCommand(COMMANDS.getTopics, ({ stream }) =>
      (catalog.streams.find(stream)?.topics.all ?? []).map((topic) => topic.record()),
    ),
    modelCommand(
      COMMANDS.getTopic,
      ({ stream, topic }) => catalog.streams.find(stream)?.topics.find(topic)?.details() ?? null,
    ),
    modelCommand(COMMANDS.createTopic, ({ stream, name, partitionCount, options }) => {
      if (partitionCount > PARTITION_COUNT_MAX) throw statusRefusal(IggyErrorCode.TooManyPartitions);
      const explicit = explicitOptions(options);
      const parent = catalog.stream(stream, resultRefusal);
      if (parent.topics.find(name)) throw resultRefusal(IggyErrorCode.TopicNameAlreadyExists);
      return parent.addTopic(name, partitionCount, explicit).details(0);
    }),
    modelCommand(COMMANDS.deleteTopic, (request) => {
      const topic = catalog.topic(request, resultRefusal);
      catalog.stream(request.stream, resultRefusal).topics.remove(topic);
      return undefined;
    }),
    modelCommand(COMMANDS.purgeTopic, (request) => {
      for (const partition of catalog.topic(request, resultRefusal).partitions) partition.purge();
      return undefined;
    }),
  ];
}

function partitionCommands(catalog: CatalogModel) {
  return [
    modelCommand(COMMANDS.createPartitions, (request) => {
      checkCount(request.count);
      catalog.topic(request, resultRefusal).addPartitions(request.count);
      return undefined;
    }),
    modelCommand(COMMANDS.deletePartitions, (request) => {
      checkCount(request.count);
      const topic = catalog.topic(request, resultRefusal);
      if (request.count > topic.partitions.length) throw resultRefusal(IggyErrorCode.InvalidPartitionsCount);
      topic.removePartitions(request.count);
      return undefined;
    }),
  ];
}

/** Streams have no options in protocol 0.11. */
function refuseOptions(options: readonly Option[]): void {
  if (options.length > 0) throw statusRefusal(IggyErrorCode.UnsupportedOptionKey);
}

function checkCount(count: number): void {
  if (count < 1 || count > PARTITION_COUNT_MAX) throw statusRefusal(IggyErrorCode.TooManyPartitions);
}
