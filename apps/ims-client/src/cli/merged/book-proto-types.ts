type BookProtoPackage = typeof import("@ims/book-proto");

/** The package as far as it is used here; an installation may lack it. */
export type BookProto = Pick<BookProtoPackage, "BookClient">;
export type BookClient = InstanceType<BookProto["BookClient"]>;
export type SummaryMessage = import("@ims/book-proto").SummaryMessage;
export type LevelMessage = import("@ims/book-proto").LevelMessage;
