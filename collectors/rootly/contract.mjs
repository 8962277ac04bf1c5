// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { hmac, now } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "created",
  proof: (s, b) => ({ "x-rootly-signature": `t=${now()},v1=${hmac(s, now() + b)}` }),
  coversBody: true,
  unknownType: { body: { event: { type: "pulse.created" } } },
};
