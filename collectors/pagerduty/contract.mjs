// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { header } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "triggered",
  proof: header("x-pagerduty-signature", "v1="),
  coversBody: true,
  unknownType: { body: { event: { id: "1", event_type: "pagey.ping", data: {} } } },
};
