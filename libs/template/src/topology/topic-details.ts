import type { IggyClient } from "@ims/iggy-client";

/** A topic with its partitions, as the broker describes it. */
export type TopicDetails = Awaited<ReturnType<IggyClient["topics"]["ensure"]>>;
