// Package testitems is an NEP-11 token of indivisible items, for tests of wallets that hold them.
// Anybody may make an item; it has no value anywhere.
package testitems

import (
	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/contract"
	"github.com/nspcc-dev/neo-go/pkg/interop/iterator"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/management"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// Storage layout.
//
//	"i" + id             owner of the item, 20 bytes
//	"h" + owner + id     1: the owner has the item
//	"b" + owner          how many items the owner has
//	"s"                  how many items there are
const (
	itemPrefix    = "i"
	heldPrefix    = "h"
	balancePrefix = "b"
	supplyKey     = "s"
)

// NEP-11 allows 64 bytes; a key of storage has 64 with the prefix and the owner.
const maxID = 32

// Symbol is the token's short name.
func Symbol() string {
	return "ITEM"
}

// Decimals are 0: an item is whole.
func Decimals() int {
	return 0
}

// TotalSupply is the number of items.
func TotalSupply() int {
	return number([]byte(supplyKey))
}

// BalanceOf is the number of items of the owner.
func BalanceOf(owner interop.Hash160) int {
	checkAccount(owner)
	return number(append([]byte(balancePrefix), owner...))
}

// TokensOf iterates over the ids of the owner's items.
func TokensOf(owner interop.Hash160) iterator.Iterator {
	checkAccount(owner)
	prefix := append([]byte(heldPrefix), owner...)
	return storage.Find(storage.GetReadOnlyContext(), prefix, storage.KeysOnly|storage.RemovePrefix)
}

// OwnerOf is who has the item; it fails when there is no such item.
func OwnerOf(tokenID []byte) interop.Hash160 {
	owner := storage.Get(storage.GetReadOnlyContext(), itemKey(tokenID))
	if owner == nil {
		panic("no such item")
	}
	return owner.(interop.Hash160)
}

// Mint makes an item.
func Mint(owner interop.Hash160, tokenID []byte) {
	checkAccount(owner)
	ctx := storage.GetContext()
	if storage.Get(ctx, itemKey(tokenID)) != nil {
		panic("the item is there already")
	}
	storage.Put(ctx, supplyKey, number([]byte(supplyKey))+1)
	give(ctx, owner, tokenID)
	announce(nil, owner, tokenID, nil)
}

// Transfer moves the item to another account. False: its owner has not signed.
func Transfer(to interop.Hash160, tokenID []byte, data any) bool {
	checkAccount(to)
	owner := OwnerOf(tokenID)
	if !runtime.CheckWitness(owner) {
		return false
	}
	ctx := storage.GetContext()
	storage.Delete(ctx, heldKey(owner, tokenID))
	addTo(ctx, append([]byte(balancePrefix), owner...), -1)
	give(ctx, to, tokenID)
	announce(owner, to, tokenID, data)
	return true
}

func give(ctx storage.Context, owner interop.Hash160, tokenID []byte) {
	storage.Put(ctx, itemKey(tokenID), owner)
	storage.Put(ctx, heldKey(owner, tokenID), 1)
	addTo(ctx, append([]byte(balancePrefix), owner...), 1)
}

func announce(from, to interop.Hash160, tokenID []byte, data any) {
	runtime.Notify("Transfer", from, to, 1, tokenID)
	if management.IsContract(to) {
		contract.Call(to, "onNEP11Payment", contract.All, from, 1, tokenID, data)
	}
}

func addTo(ctx storage.Context, key []byte, change int) {
	sum := number(key) + change
	if sum == 0 {
		storage.Delete(ctx, key)
		return
	}
	storage.Put(ctx, key, sum)
}

func number(key []byte) int {
	stored := storage.Get(storage.GetReadOnlyContext(), key)
	if stored == nil {
		return 0
	}
	return stored.(int)
}

func itemKey(tokenID []byte) []byte {
	if len(tokenID) == 0 || len(tokenID) > maxID {
		panic("an id has 1 to 32 bytes")
	}
	return append([]byte(itemPrefix), tokenID...)
}

func heldKey(owner interop.Hash160, tokenID []byte) []byte {
	return append(append([]byte(heldPrefix), owner...), tokenID...)
}

func checkAccount(account interop.Hash160) {
	if account == nil || len(account) != interop.Hash160Len {
		panic("account must have 20 bytes")
	}
}
