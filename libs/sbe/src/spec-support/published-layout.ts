/** Fields that all requests and replies begin with. */
const REQUEST = "sessionId@0 requestId@8 sentTime@16 clientId@24 exchangeId@26";

/** The first 72 octets of every market-data message. */
export const PREFIX =
  "eventTime@0 sendTime@8 receiveTime@16 publishTime@24 instrumentId@32 exchangeId@36 priceScale@37 quantityScale@38 flags@39 symbol@40";

/**
 * What version 2 added, as published: template id, block length and `field@offset` within the block; groups follow with
 * the same of their entries. Changing a place breaks every reader; appending is what the evolution rules allow.
 */
export const PUBLISHED_LAYOUT: Readonly<Record<string, string>> = {
  LoginRequest: `110 144 ${REQUEST} accessToken@32 clientName@96 clientVersion@128`,
  LogoutRequest: `111 32 ${REQUEST}`,
  HeartbeatRequest: `112 32 ${REQUEST}`,
  StartDataRequest: `113 72 ${REQUEST} dataType@32 resolution@33 delivery@34 symbol@40`,
  StopDataRequest: `114 72 ${REQUEST} dataType@32 resolution@33 symbol@40`,
  StopAllDataRequest: `115 32 ${REQUEST}`,
  StartManyRequest: `116 40 ${REQUEST} dataType@32 resolution@33 delivery@34 | symbols 32 symbol@0`,
  StopManyRequest: `117 40 ${REQUEST} dataType@32 resolution@33 | symbols 32 symbol@0`,
  LoginAccepted: `120 72 ${REQUEST} requestType@28 heartbeatMillis@32 expiryMillis@36 symbolsPerClientMax@40 instrumentCount@44 instrumentsOffset@48 serviceVersion@56`,
  RequestAccepted: `121 40 ${REQUEST} requestType@28 affectedCount@32 restartCount@36`,
  StartAccepted: `122 216 ${REQUEST} requestType@28 firstOffset@32 partitionId@40 instrumentId@44 dataType@48 resolution@49 delivery@50 symbol@56 stream@88 topic@152`,
  StartManyAccepted: `123 168 ${REQUEST} requestType@28 dataType@32 resolution@33 delivery@34 stream@40 topic@104 | symbols 48 firstOffset@0 partitionId@8 instrumentId@12 symbol@16`,
  RequestRefused: `129 40 ${REQUEST} requestType@28 kind@32 code@34`,
  SessionState: `130 112 ${REQUEST} change@27 generation@28 restartCount@32 heardTime@40 grant@48 clientName@56 clientVersion@88`,
  SubscriptionState:
    "131 48 sessionId@0 clientId@8 dataType@10 resolution@11 delivery@12 change@13 symbol@16",
  StateSnapshot: "132 24 number@0 sessionCount@8 subscriptionCount@12 mark@16",
  Trade: `210 120 ${PREFIX} tradeId@72 price@80 quantity@88 firstTradeId@96 lastTradeId@104 aggressor@112 kind@113`,
  Bar: `211 152 ${PREFIX} openTime@72 closeTime@80 open@88 high@96 low@104 close@112 volume@120 quoteVolume@128 takerVolume@136 tradeCount@144 resolution@148 state@149 quoteScale@150`,
  TopOfBook: `212 112 ${PREFIX} updateId@72 bidPrice@80 bidQuantity@88 askPrice@96 askQuantity@104`,
  BookSnapshot: `213 88 ${PREFIX} lastUpdateId@72 horizon@80 | bids 16 price@0 quantity@8 | asks 16 price@0 quantity@8`,
  BookDelta: `214 96 ${PREFIX} firstUpdateId@72 lastUpdateId@80 previousUpdateId@88 | bids 16 price@0 quantity@8 | asks 16 price@0 quantity@8`,
  MarkPrice: `215 120 ${PREFIX} markPrice@72 indexPrice@80 settlementEstimate@88 fundingRate@96 nextFundingTime@104 fundingScale@112`,
  Liquidation: `216 112 ${PREFIX} price@72 averagePrice@80 quantity@88 filledQuantity@96 side@104 status@105`,
  OptionTicker: `217 264 ${PREFIX} underlying@72 expiryTime@104 strike@112 lastPrice@120 markPrice@128 bidPrice@136 bidQuantity@144 askPrice@152 askQuantity@160 volume@168 openInterest@176 underlyingPrice@184 markIv@192 bidIv@200 askIv@208 delta@216 gamma@224 theta@232 vega@240 rho@248 optionType@256`,
  Ticker: `218 136 ${PREFIX} open@72 high@80 low@88 last@96 volume@104 quoteVolume@112 windowStart@120 tradeCount@128 quoteScale@132`,
  Instrument: `219 184 ${PREFIX} base@72 quote@88 settle@104 priceIncrement@120 quantityIncrement@128 contractSize@136 expiryTime@144 strike@152 underlying@160 kind@176 status@177 contractScale@178 optionType@179`,
  Gap: `220 120 ${PREFIX} fromId@72 toId@80 fromTime@88 toTime@96 missingCount@104 filledCount@108 dataType@112 resolution@113 reason@114`,
  FeedStatus: `221 104 ${PREFIX} since@72 lastRecordTime@80 expectedInterval@88 dataType@96 resolution@97 state@98`,
  BookOrder: `222 120 ${PREFIX} orderId@72 price@80 quantity@88 filledQuantity@96 originalQuantity@104 event@112 side@113 kind@114 marks@115`,
  OrderSnapshot: `223 80 ${PREFIX} part@72 | bids 24 orderId@0 price@8 quantity@16 | asks 24 orderId@0 price@8 quantity@16`,
  MergedBook: `230 88 ${PREFIX} spread@72 horizon@80 condition@84 | bids 24 price@0 quantity@8 exchangeId@16 | asks 24 price@0 quantity@8 exchangeId@16 | venues 16 age@0 instrumentId@8 exchangeId@12 state@13`,
  Average: `231 216 ${PREFIX} windowStart@72 windowEnd@80 nominalDuration@88 value@96 vwap@104 twap@112 volume@120 quoteVolume@128 takerVolume@136 nominalCount@144 tradeCount@148 excludedCount@152 method@156 state@157 quoteScale@158 open@160 high@168 low@176 close@184 sellVolume@192 realisedVolatility@200 lateCount@208`,
  BatchSignature:
    "240 232 signedTime@0 firstOffset@8 lastOffset@16 partitionId@24 messageCount@28 algorithm@32 keyId@40 stream@72 topic@136 merkleRoot@200",
};
