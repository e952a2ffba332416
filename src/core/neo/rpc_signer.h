// Signers, witness rules and attributes in the JSON form of a node's RPC, both ways. Parsing
// accepts what read_signer() and read_attribute() accept and nothing else: the same bounds, and
// names in exactly the node's spelling.
#pragma once

#include "core/base/result.h"
#include "core/neo/attribute.h"
#include "core/neo/json.h"
#include "core/neo/signer.h"
#include "core/neo/witness.h"

namespace nsl::neo {

// {"account":"0x...","scopes":"CalledByEntry", "allowedcontracts":[...], "allowedgroups":[...],
// "rules":[{"action":"Allow","condition":{...}}]}; a list stands there when its scope does.
JsonValue to_json(const Signer& signer);
// The account may be an address too, as nodes allow.
Result<Signer> parse_rpc_signer(const JsonValue& json);

// {"type":"And","expressions":[...]}
JsonValue to_json(const WitnessCondition& condition);
Result<WitnessCondition> parse_rpc_condition(const JsonValue& json);

// {"type":"NotValidBefore","height":1}
JsonValue to_json(const Attribute& attribute);
Result<Attribute> parse_rpc_attribute(const JsonValue& json);

// {"invocation":base64,"verification":base64}
JsonValue to_json(const Witness& witness);
Result<Witness> parse_rpc_witness(const JsonValue& json);

}  // namespace nsl::neo
