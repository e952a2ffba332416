// Package requesthub is the meeting point of contracts that ask and accounts that answer.
//
// A contract or a user calls Request; the request is kept in contract storage, where anyone can
// prove it against the state root, and the event Requested announces it. A registered fulfiller
// answers it once with Fulfil; the answer is kept in storage too. The event carries only the hash
// of the arguments, because notifications are not part of the state and cannot be proven.
package requesthub

import (
	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/convert"
	"github.com/nspcc-dev/neo-go/pkg/interop/iterator"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/crypto"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/management"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/std"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// Storage layout. The id in a key is 8 bytes, big-endian, so that a range scan is in order.
//
//	"o"              owner, 20 bytes
//	"n"              id of the last request, integer; absent before the first one
//	"f" + account    one byte 1 when the account may fulfil
//	"r" + id         pending request: StdLib.serialize of the struct Pending
//	"a" + id         answer: one byte code, then the result
const (
	ownerKey        = "o"
	lastIDKey       = "n"
	fulfillerPrefix = "f"
	requestPrefix   = "r"
	answerPrefix    = "a"
)

// Limits of the arguments, in bytes, and of the numbers.
const (
	maxFunctionID = 64
	maxArgs       = 16384
	maxResult     = 16384
	maxCode       = 255
	maxID         = 9223372036854775807
)

// Pending is what lies in storage until the request is answered or cancelled.
type Pending struct {
	Caller     interop.Hash160
	FunctionID string
	Args       string
}

// _deploy takes the owner from data (an account of 20 bytes), or makes the sender of the
// deploying transaction the owner.
func _deploy(data any, isUpdate bool) {
	if isUpdate {
		return
	}
	owner := runtime.GetScriptContainer().Sender
	if data != nil {
		owner = data.(interop.Hash160)
	}
	checkAccount(owner)
	storage.Put(storage.GetContext(), ownerKey, owner)
}

// Request stores a request of the caller and returns its id, counting from 1. The caller is the
// calling contract, or, when a transaction calls directly, the first of its signers whose witness
// holds here.
func Request(functionID string, args []byte) int {
	if len(functionID) < 1 || len(functionID) > maxFunctionID {
		panic("functionId must have 1 to 64 bytes")
	}
	if args == nil || len(args) > maxArgs {
		panic("args must have 0 to 16384 bytes")
	}
	ctx := storage.GetContext()
	caller := requester()
	id := RequestCount() + 1
	storage.Put(ctx, lastIDKey, id)
	pending := Pending{Caller: caller, FunctionID: string(functionID), Args: string(args)}
	storage.Put(ctx, itemKey(requestPrefix, id), std.Serialize(pending))
	runtime.Notify("Requested", id, caller, functionID, crypto.Sha256(args))
	return id
}

// Fulfil answers a pending request. It needs the witness of a registered fulfiller, and it works
// once for each id.
func Fulfil(id int, code int, result []byte) {
	if code < 0 || code > maxCode {
		panic("code must be 0 to 255")
	}
	if result == nil || len(result) > maxResult {
		panic("result must have 0 to 16384 bytes")
	}
	if !hasFulfillerWitness() {
		panic("not witnessed by a registered fulfiller")
	}
	ctx := storage.GetContext()
	loadPending(id)
	storage.Delete(ctx, itemKey(requestPrefix, id))
	answer := append(convert.Uint8ToBytes(uint8(code)), result...)
	storage.Put(ctx, itemKey(answerPrefix, id), answer)
	runtime.Notify("Fulfilled", id, code)
}

// Cancel withdraws a pending request; only its requester may.
func Cancel(id int) {
	pending := loadPending(id)
	if !runtime.CheckWitness(pending.Caller) {
		panic("not witnessed by the requester")
	}
	storage.Delete(storage.GetContext(), itemKey(requestPrefix, id))
	runtime.Notify("Cancelled", id)
}

// GetRequest returns the pending request [caller, functionId, args], or null when there is none.
func GetRequest(id int) any {
	stored := storage.Get(storage.GetReadOnlyContext(), itemKey(requestPrefix, id))
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored.([]byte))
}

// GetAnswer returns the result of an answered request, or null when there is none.
func GetAnswer(id int) any {
	stored := storage.Get(storage.GetReadOnlyContext(), itemKey(answerPrefix, id))
	if stored == nil {
		return nil
	}
	return string(stored.([]byte)[1:])
}

// GetAnswerCode returns the code of an answered request, or -1 when there is none.
func GetAnswerCode(id int) int {
	stored := storage.Get(storage.GetReadOnlyContext(), itemKey(answerPrefix, id))
	if stored == nil {
		return -1
	}
	return int(stored.([]byte)[0])
}

// RequestCount returns the id of the last request, 0 before the first one.
func RequestCount() int {
	stored := storage.Get(storage.GetReadOnlyContext(), lastIDKey)
	if stored == nil {
		return 0
	}
	return stored.(int)
}

// RegisterFulfiller lets an account answer requests. Owner only.
func RegisterFulfiller(account interop.Hash160) {
	checkOwner()
	checkAccount(account)
	storage.Put(storage.GetContext(), append([]byte(fulfillerPrefix), account...), 1)
	runtime.Notify("FulfillerRegistered", account)
}

// RemoveFulfiller takes the right away. Owner only.
func RemoveFulfiller(account interop.Hash160) {
	checkOwner()
	checkAccount(account)
	storage.Delete(storage.GetContext(), append([]byte(fulfillerPrefix), account...))
	runtime.Notify("FulfillerRemoved", account)
}

// IsFulfiller tells whether the account may answer requests.
func IsFulfiller(account interop.Hash160) bool {
	checkAccount(account)
	return storage.Get(storage.GetReadOnlyContext(), append([]byte(fulfillerPrefix), account...)) != nil
}

// Fulfillers iterates over the accounts that may answer requests.
func Fulfillers() iterator.Iterator {
	flags := storage.KeysOnly | storage.RemovePrefix
	return storage.Find(storage.GetReadOnlyContext(), fulfillerPrefix, flags)
}

// Owner returns the account that administers the contract.
func Owner() interop.Hash160 {
	return storage.Get(storage.GetReadOnlyContext(), ownerKey).(interop.Hash160)
}

// SetOwner hands the contract over. It needs both witnesses, so that it cannot be lost to an
// account nobody controls.
func SetOwner(account interop.Hash160) {
	checkOwner()
	checkAccount(account)
	if !runtime.CheckWitness(account) {
		panic("not witnessed by the new owner")
	}
	storage.Put(storage.GetContext(), ownerKey, account)
	runtime.Notify("OwnerChanged", account)
}

// Update replaces the contract's code (NEP-22). Owner only.
func Update(nefFile []byte, manifest []byte, data any) {
	checkOwner()
	management.UpdateWithData(nefFile, manifest, data)
}

// requester never returns the hash of a transaction's entry script: nobody could cancel for it.
func requester() interop.Hash160 {
	calling := runtime.GetCallingScriptHash()
	if management.IsContract(calling) {
		return calling
	}
	signers := runtime.CurrentSigners()
	for i := range signers {
		if runtime.CheckWitness(signers[i].Account) {
			return signers[i].Account
		}
	}
	panic("no signer's witness holds here")
}

func hasFulfillerWitness() bool {
	calling := runtime.GetCallingScriptHash()
	if IsFulfiller(calling) {
		return true
	}
	signers := runtime.CurrentSigners()
	for i := range signers {
		if IsFulfiller(signers[i].Account) && runtime.CheckWitness(signers[i].Account) {
			return true
		}
	}
	return false
}

func loadPending(id int) Pending {
	stored := storage.Get(storage.GetReadOnlyContext(), itemKey(requestPrefix, id))
	if stored == nil {
		panic("no such pending request")
	}
	return std.Deserialize(stored.([]byte)).(Pending)
}

func itemKey(prefix string, id int) []byte {
	if id < 1 || id > maxID {
		panic("id must be 1 to 9223372036854775807")
	}
	return append([]byte(prefix), convert.Uint64ToBytesBE(uint64(id))...)
}

func checkOwner() {
	if !runtime.CheckWitness(Owner()) {
		panic("not witnessed by the owner")
	}
}

func checkAccount(account interop.Hash160) {
	if account == nil || len(account) != interop.Hash160Len {
		panic("account must have 20 bytes")
	}
}
