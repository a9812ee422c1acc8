/**
 * Answers what the parent process asks, by the names of `answers`, until it asks for the end or is gone.
 *
 * @param ready what to say first
 */
export function answerParent(ready, answers, end) {
  process.on("message", async ({ ask, value }) => {
    if (ask !== "end") {
      process.send({ [ask]: (await answers[ask](value)) ?? true });
      return;
    }
    await end();
    process.disconnect();
  });
  // Whoever asks is gone: nobody else would end this process.
  process.once("disconnect", () => process.exit());
  process.send({ ready });
}
