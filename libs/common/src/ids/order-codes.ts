/** What happened to an order of a venue's book. Frozen. */
export const OrderEvent = { Unknown: 0, Created: 1, Changed: 2, Deleted: 3 } as const;
export type OrderEvent = (typeof OrderEvent)[keyof typeof OrderEvent];

/** A market order has no price; it shows in a book while it is in transit. Frozen. */
export const OrderKind = { Unknown: 0, Limit: 1, Market: 2 } as const;
export type OrderKind = (typeof OrderKind)[keyof typeof OrderKind];

/** Bits. Frozen. */
export const OrderMarks = { Liquidation: 1, Stop: 2 } as const;
/** Any of {@link OrderMarks}, joined; 0 for none. */
export type OrderMarks = number;
