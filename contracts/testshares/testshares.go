// Package testshares is an NEP-11 token of divisible items, for tests of wallets that hold shares of
// them. Anybody may make an item; it has no value anywhere.
package testshares

import (
	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/contract"
	"github.com/nspcc-dev/neo-go/pkg/interop/iterator"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/management"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// Storage layout. An id has 8 bytes, so that no id is the beginning of another.
//
//	"h" + owner + id     shares of the item the owner has, in hundredths
//	"o" + id + owner     1: the owner has shares of the item
//	"b" + owner          shares of all items the owner has, in hundredths
//	"i" + id             1: there is such an item
//	"s"                  shares of all items, in hundredths
const (
	heldPrefix    = "h"
	ownersPrefix  = "o"
	balancePrefix = "b"
	itemPrefix    = "i"
	supplyKey     = "s"
)

const (
	idBytes = 8
	// What one item consists of: 1 with two decimals.
	whole = 100
)

// Symbol is the token's short name.
func Symbol() string {
	return "SHARE"
}

// Decimals of an amount.
func Decimals() int {
	return 2
}

// TotalSupply is the sum of all shares.
func TotalSupply() int {
	return number([]byte(supplyKey))
}

// BalanceOf is the sum of the owner's shares of all items.
func BalanceOf(owner interop.Hash160) int {
	checkAccount(owner)
	return number(balanceKey(owner))
}

// BalanceOfItem is what the owner has of one item.
func BalanceOfItem(owner interop.Hash160, tokenID []byte) int {
	checkAccount(owner)
	checkItem(tokenID)
	return number(heldKey(owner, tokenID))
}

// TokensOf iterates over the ids of the items the owner has shares of.
func TokensOf(owner interop.Hash160) iterator.Iterator {
	checkAccount(owner)
	prefix := append([]byte(heldPrefix), owner...)
	return storage.Find(storage.GetReadOnlyContext(), prefix, storage.KeysOnly|storage.RemovePrefix)
}

// OwnerOf iterates over those who have shares of the item.
func OwnerOf(tokenID []byte) iterator.Iterator {
	checkItem(tokenID)
	prefix := append([]byte(ownersPrefix), tokenID...)
	return storage.Find(storage.GetReadOnlyContext(), prefix, storage.KeysOnly|storage.RemovePrefix)
}

// Mint makes an item, all of which the owner has.
func Mint(owner interop.Hash160, tokenID []byte) {
	checkAccount(owner)
	if len(tokenID) != idBytes {
		panic("an id has 8 bytes")
	}
	ctx := storage.GetContext()
	key := append([]byte(itemPrefix), tokenID...)
	if storage.Get(ctx, key) != nil {
		panic("the item is there already")
	}
	storage.Put(ctx, key, 1)
	storage.Put(ctx, supplyKey, number([]byte(supplyKey))+whole)
	add(ctx, owner, tokenID, whole)
	announce(nil, owner, whole, tokenID, nil)
}

// Transfer moves a whole item. False: it is not all the sender's.
func Transfer(to interop.Hash160, tokenID []byte, data any) bool {
	from := runtime.GetScriptContainer().Sender
	return TransferShares(from, to, whole, tokenID, data)
}

// TransferShares moves a part of the item. False: the sender has not signed, or has not so much.
func TransferShares(from, to interop.Hash160, amount int, tokenID []byte, data any) bool {
	checkAccount(from)
	checkAccount(to)
	checkItem(tokenID)
	if amount < 0 || amount > whole {
		panic("an amount is 0 to 1")
	}
	if !runtime.CheckWitness(from) || number(heldKey(from, tokenID)) < amount {
		return false
	}
	ctx := storage.GetContext()
	add(ctx, from, tokenID, -amount)
	add(ctx, to, tokenID, amount)
	announce(from, to, amount, tokenID, data)
	return true
}

func add(ctx storage.Context, owner interop.Hash160, tokenID []byte, change int) {
	if change == 0 {
		return
	}
	addTo(ctx, balanceKey(owner), change)
	ownersKey := append(append([]byte(ownersPrefix), tokenID...), owner...)
	if addTo(ctx, heldKey(owner, tokenID), change) == 0 {
		storage.Delete(ctx, ownersKey)
	} else {
		storage.Put(ctx, ownersKey, 1)
	}
}

func announce(from, to interop.Hash160, amount int, tokenID []byte, data any) {
	runtime.Notify("Transfer", from, to, amount, tokenID)
	if management.IsContract(to) {
		contract.Call(to, "onNEP11Payment", contract.All, from, amount, tokenID, data)
	}
}

func addTo(ctx storage.Context, key []byte, change int) int {
	sum := number(key) + change
	if sum == 0 {
		storage.Delete(ctx, key)
	} else {
		storage.Put(ctx, key, sum)
	}
	return sum
}

func number(key []byte) int {
	stored := storage.Get(storage.GetReadOnlyContext(), key)
	if stored == nil {
		return 0
	}
	return stored.(int)
}

func heldKey(owner interop.Hash160, tokenID []byte) []byte {
	return append(append([]byte(heldPrefix), owner...), tokenID...)
}

func balanceKey(owner interop.Hash160) []byte {
	return append([]byte(balancePrefix), owner...)
}

func checkItem(tokenID []byte) {
	key := append([]byte(itemPrefix), tokenID...)
	if len(tokenID) != idBytes || storage.Get(storage.GetReadOnlyContext(), key) == nil {
		panic("no such item")
	}
}

func checkAccount(account interop.Hash160) {
	if account == nil || len(account) != interop.Hash160Len {
		panic("account must have 20 bytes")
	}
}
