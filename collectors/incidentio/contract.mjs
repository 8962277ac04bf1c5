// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { standard, Svix } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "created",
  proof: (s, b, id) => standard(s, id, b, Svix, "svix"),
  coversBody: true,
  unknownType: { body: { event_type: "public_alert.alert_created_v1" } },
};
