// Answers a request of the hub: looks up on chain what was asked, asks a price server with a
// credential that only this function can read, and writes the answer with the enclave's wallet.
export default {
  async event(event, context) {
    const { server, secret, wallet } = context.environment;
    const id = event.arguments[0]; // {type: "Integer", value: "1"}

    const found = await neoService.blockchain.call(event.contract, 'getRequest', [id]);
    const [request] = found.stack;
    if (found.state !== 'HALT' || !Array.isArray(request.value)) {
      return { request: id.value, answered: false, why: 'it is no longer pending' };
    }
    const { pair } = JSON.parse(atob(request.value[2].value));

    const credential = await neoService.secrets.get(secret);
    const reply = await fetch(`${server}/price?pair=${encodeURIComponent(pair)}`, {
      headers: { Authorization: `Bearer ${credential}` },
    });
    if (!reply.ok) throw new Error(`The price server answered ${reply.status}`);
    const { price } = await reply.json();
    console.log(`${pair} is ${price}`);

    const sent = await neoService.wallet.invoke({
      wallet, contract: event.contract, method: 'fulfil', args: [id, 0, price],
    });
    return { request: id.value, answered: true, price, transaction: sent.transaction };
  },
};
