// Transactions, headers and blocks in the JSON form of a node's RPC (getrawtransaction, getblock
// and getblockheader with verbosity 1), both ways. Members that follow from others (hash, size,
// sender) are written, and checked when they are read and present, so that no reply of a node can
// say one thing and carry another.
#pragma once

#include "core/base/result.h"
#include "core/neo/block.h"
#include "core/neo/header.h"
#include "core/neo/json.h"
#include "core/neo/transaction.h"

namespace nsl::neo {

// {"hash","size","version","nonce","sender","sysfee","netfee","validuntilblock","signers",
// "attributes","script","witnesses"}: fees are strings of datoshi, the script is Base64. The
// transaction must pass check_unsigned_transaction().
JsonValue to_json(const Transaction& transaction);
// Witnesses may be absent; when they are there, check_transaction() holds, else
// check_unsigned_transaction(). Unknown members (confirmations, blockhash) are passed over.
Result<Transaction> parse_rpc_transaction(const JsonValue& json);

// {"hash","size","version","previousblockhash","merkleroot","time","nonce","index","primary",
// "nextconsensus","witnesses"}: the nonce is 16 upper-case hexadecimal digits.
JsonValue to_json(const Header& header);
Result<Header> parse_rpc_header(const JsonValue& json);

// The header's members and "tx".
JsonValue to_json(const Block& block);
// Checks the merkle root as parse_block() does.
Result<Block> parse_rpc_block(const JsonValue& json);

}  // namespace nsl::neo
