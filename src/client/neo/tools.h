// The table of tools, gathered from the files that know their subject.
#pragma once

#include <vector>

#include "client/neo/tool.h"
#include "core/base/bytes.h"
#include "core/neo/hash.h"

namespace nsl::client::neo_tools {

std::vector<Tool> all_tools();

// key, nep2, address, multisig.
std::vector<Tool> key_tools();
// hash, convert.
std::vector<Tool> data_tools();
// sign, verify, message sign, message verify.
std::vector<Tool> signature_tools();
// script build, script show, opcode, interop.
std::vector<Tool> script_tools();
// tx encode, tx decode, tx sign.
std::vector<Tool> transaction_tools();
// block decode, header decode.
std::vector<Tool> block_tools();
// nef, contract-hash, wallet.
std::vector<Tool> file_tools();

// The fields that name a private key, and what is said when none does.
std::vector<Field> private_key_fields();
// `fields` and then `more`.
std::vector<Field> joined(std::vector<Field> fields, const std::vector<Field>& more);

// Display order, without 0x.
neo::JsonValue hash_text(const neo::UInt160& hash);
neo::JsonValue hash_text(const neo::UInt256& hash);
neo::JsonValue hex_text(ByteView bytes);

}  // namespace nsl::client::neo_tools
