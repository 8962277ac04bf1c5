// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { createHmac } from "node:crypto";

export default {
  fixture: "upgrade_succeeded",
  proof: (s, b) => ({ "x-signature": `sha512=${createHmac("sha512", s).update(b).digest("hex")}` }),
  coversBody: true,
};
