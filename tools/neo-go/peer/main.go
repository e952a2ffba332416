// Command peer answers JSON lines with neo-go's own library, so that tests can compare another
// implementation with it: {"op":"key",...} in, one object out, {"error":"..."} for a refusal.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"syscall"

	"github.com/nspcc-dev/neo-go/pkg/core/block"
	"github.com/nspcc-dev/neo-go/pkg/core/transaction"
	"github.com/nspcc-dev/neo-go/pkg/crypto/keys"
	"github.com/nspcc-dev/neo-go/pkg/encoding/address"
	"github.com/nspcc-dev/neo-go/pkg/io"
	"github.com/nspcc-dev/neo-go/pkg/smartcontract"
	"github.com/nspcc-dev/neo-go/pkg/smartcontract/callflag"
	"github.com/nspcc-dev/neo-go/pkg/smartcontract/nef"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/nspcc-dev/neo-go/pkg/vm/emit"
	"github.com/nspcc-dev/neo-go/pkg/vm/stackitem"
)

type request struct {
	Op         string                    `json:"op"`
	PrivateKey string                    `json:"private_key"`
	Passphrase string                    `json:"passphrase"`
	Nep2       string                    `json:"nep2"`
	Scrypt     keys.ScryptParams         `json:"scrypt"`
	Message    string                    `json:"message"`
	M          int                       `json:"m"`
	PublicKeys []string                  `json:"public_keys"`
	Hex        string                    `json:"hex"`
	Count      int                       `json:"count"`
	Tx         json.RawMessage           `json:"tx"`
	Contract   string                    `json:"contract"`
	Method     string                    `json:"method"`
	CallFlags  int                       `json:"call_flags"`
	Args       []smartcontract.Parameter `json:"args"`
}

type answer map[string]any

func key(r request) (answer, error) {
	private, err := keys.NewPrivateKeyFromHex(r.PrivateKey)
	if err != nil {
		return nil, err
	}
	public := private.PublicKey()
	return answer{
		"public_key":              public.StringCompressed(),
		"public_key_uncompressed": hex.EncodeToString(public.UncompressedBytes()),
		"verification_script":     hex.EncodeToString(public.GetVerificationScript()),
		"script_hash":             public.GetScriptHash().StringLE(),
		"address":                 public.Address(),
		"wif":                     private.WIF(),
	}, nil
}

func nep2(r request) (answer, error) {
	private, err := keys.NewPrivateKeyFromHex(r.PrivateKey)
	if err != nil {
		return nil, err
	}
	sealed, err := keys.NEP2Encrypt(private, r.Passphrase, r.Scrypt)
	return answer{"nep2": sealed}, err
}

func openNep2(r request) (answer, error) {
	private, err := keys.NEP2Decrypt(r.Nep2, r.Passphrase, r.Scrypt)
	if err != nil {
		return nil, err
	}
	return answer{"private_key": private.String()}, nil
}

func sign(r request) (answer, error) {
	private, err := keys.NewPrivateKeyFromHex(r.PrivateKey)
	if err != nil {
		return nil, err
	}
	message, err := hex.DecodeString(r.Message)
	return answer{"signature": hex.EncodeToString(private.Sign(message))}, err
}

func multisig(r request) (answer, error) {
	var public keys.PublicKeys
	for _, text := range r.PublicKeys {
		each, err := keys.NewPublicKeyFromString(text)
		if err != nil {
			return nil, err
		}
		public = append(public, each)
	}
	script, err := smartcontract.CreateMultiSigRedeemScript(r.M, public)
	return answer{"verification_script": hex.EncodeToString(script)}, err
}

// item converts what neo-go's own converter refuses: maps, and what is nested in them.
func item(p smartcontract.Parameter) (stackitem.Item, error) {
	switch value := p.Value.(type) {
	case nil:
		return stackitem.Null{}, nil
	case []smartcontract.Parameter:
		items := make([]stackitem.Item, 0, len(value))
		for _, each := range value {
			converted, err := item(each)
			if err != nil {
				return nil, err
			}
			items = append(items, converted)
		}
		return stackitem.NewArray(items), nil
	case []smartcontract.ParameterPair:
		result := stackitem.NewMap()
		for _, each := range value {
			k, err := item(each.Key)
			if err != nil {
				return nil, err
			}
			v, err := item(each.Value)
			if err != nil {
				return nil, err
			}
			result.Add(k, v)
		}
		return result, nil
	case util.Uint160:
		return stackitem.Make(value.BytesBE()), nil
	case util.Uint256:
		return stackitem.Make(value.BytesBE()), nil
	case *big.Int, string, []byte, bool:
		return stackitem.Make(value), nil
	}
	return nil, fmt.Errorf("no item for %T", p.Value)
}

func script(r request) (answer, error) {
	writer := io.NewBufBinWriter()
	args := make([]any, 0, len(r.Args))
	for _, each := range r.Args {
		converted, err := item(each)
		if err != nil {
			return nil, err
		}
		args = append(args, converted)
	}
	if r.Method == "" {
		for _, each := range args {
			emit.Any(writer.BinWriter, each)
		}
	} else {
		contract, err := util.Uint160DecodeStringLE(r.Contract)
		if err != nil {
			return nil, err
		}
		emit.AppCall(writer.BinWriter, contract, r.Method, callflag.CallFlag(r.CallFlags), args...)
	}
	if writer.Err != nil {
		return nil, writer.Err
	}
	return answer{"script": hex.EncodeToString(writer.Bytes())}, nil
}

func describeTx(tx *transaction.Transaction) (answer, error) {
	unsigned, err := tx.EncodeHashableFields()
	if err != nil {
		return nil, err
	}
	form, err := json.Marshal(tx)
	return answer{
		"hash":         tx.Hash().StringLE(),
		"hex":          hex.EncodeToString(tx.Bytes()),
		"unsigned_hex": hex.EncodeToString(unsigned),
		"rpc":          json.RawMessage(form),
	}, err
}

func decodeTx(r request) (answer, error) {
	bytes, err := hex.DecodeString(r.Hex)
	if err != nil {
		return nil, err
	}
	tx, err := transaction.NewTransactionFromBytes(bytes)
	if err != nil {
		return nil, err
	}
	return describeTx(tx)
}

func encodeTx(r request) (answer, error) {
	tx := new(transaction.Transaction)
	if err := json.Unmarshal(r.Tx, tx); err != nil {
		return nil, err
	}
	return describeTx(tx)
}

func decodeBlock(r request) (answer, error) {
	bytes, err := hex.DecodeString(r.Hex)
	if err != nil {
		return nil, err
	}
	reader := io.NewBinReaderFromBuf(bytes)
	decoded := block.New(false)
	decoded.DecodeBinary(reader)
	if reader.Err != nil {
		return nil, reader.Err
	}
	if reader.Len() != 0 {
		return nil, errors.New("additional data after the block")
	}
	if !decoded.ComputeMerkleRoot().Equals(decoded.MerkleRoot) {
		return nil, errors.New("the merkle root is of other transactions")
	}
	writer := io.NewBufBinWriter()
	decoded.EncodeBinary(writer.BinWriter)
	if writer.Err != nil {
		return nil, writer.Err
	}
	form, err := json.Marshal(decoded)
	return answer{"header": true, "hex": hex.EncodeToString(writer.Bytes()), "rpc": json.RawMessage(form)}, err
}

func decodeHeader(r request) (answer, error) {
	bytes, err := hex.DecodeString(r.Hex)
	if err != nil {
		return nil, err
	}
	reader := io.NewBinReaderFromBuf(bytes)
	decoded := new(block.Header)
	decoded.DecodeBinary(reader)
	if reader.Err != nil {
		return nil, reader.Err
	}
	if reader.Len() != 0 {
		return nil, errors.New("additional data after the header")
	}
	writer := io.NewBufBinWriter()
	decoded.EncodeBinary(writer.BinWriter)
	if writer.Err != nil {
		return nil, writer.Err
	}
	return answer{"hash": decoded.Hash().StringLE(), "header": true, "hex": hex.EncodeToString(writer.Bytes())}, nil
}

func decodeNef(r request) (answer, error) {
	bytes, err := hex.DecodeString(r.Hex)
	if err != nil {
		return nil, err
	}
	file, err := nef.FileFromBytes(bytes)
	if err != nil {
		return nil, err
	}
	encoded, err := file.BytesLong()
	methods := make([]string, 0, len(file.Tokens))
	for _, token := range file.Tokens {
		methods = append(methods, token.Method)
	}
	return answer{
		"methods":  methods,
		"compiler": file.Compiler,
		"source":   file.Source,
		"script":   hex.EncodeToString(file.Script),
		"hex":      hex.EncodeToString(encoded),
	}, err
}

func decodeAddress(r request) (answer, error) {
	hash, err := address.StringToUint160(r.Message)
	if err != nil {
		return nil, err
	}
	return answer{"script_hash": hash.StringLE()}, nil
}

// cpuNanoseconds is what this process has used so far, its garbage collector included.
func cpuNanoseconds() (int64, error) {
	var usage syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return usage.Utime.Nano() + usage.Stime.Nano(), err
}

// benchTx measures decoding and hashing the same bytes again and again, in CPU nanoseconds each.
func benchTx(r request) (answer, error) {
	bytes, err := hex.DecodeString(r.Hex)
	if err != nil {
		return nil, err
	}
	var last util.Uint256
	start, err := cpuNanoseconds()
	if err != nil {
		return nil, err
	}
	for range r.Count {
		tx, err := transaction.NewTransactionFromBytes(bytes)
		if err != nil {
			return nil, err
		}
		last = tx.Hash()
	}
	end, err := cpuNanoseconds()
	return answer{"hash": last.StringLE(), "ns": float64(end-start) / float64(r.Count)}, err
}

var operations = map[string]func(request) (answer, error){
	"key": key, "nep2": nep2, "open_nep2": openNep2, "sign": sign, "multisig": multisig, "script": script,
	"decode_tx": decodeTx, "encode_tx": encodeTx, "decode_block": decodeBlock, "decode_header": decodeHeader,
	"decode_nef": decodeNef, "decode_address": decodeAddress, "bench_tx": benchTx,
}

// respond turns a panic of the library into a refusal: a damaged input is what the tests are about.
func respond(line []byte) (result answer) {
	defer func() {
		if reason := recover(); reason != nil {
			result = answer{"error": fmt.Sprint(reason)}
		}
	}()
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return answer{"error": err.Error()}
	}
	operation, known := operations[r.Op]
	if !known {
		return answer{"error": "no such operation"}
	}
	found, err := operation(r)
	if err != nil {
		return answer{"error": err.Error()}
	}
	return found
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<16)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			if failure := encoder.Encode(respond(line)); failure != nil {
				os.Exit(1)
			}
			if lines.Buffered() == 0 {
				_ = out.Flush()
			}
		}
		if err != nil {
			_ = out.Flush()
			return
		}
	}
}
