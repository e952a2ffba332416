// tests/demo/answer.js without its HTTP fetch: the same request, secret and answer.
export default {
  async event(event, context) {
    const [id] = event.arguments;
    const found = await neoService.blockchain.call(event.contract, 'getRequest', [id]);
    if (found.state !== 'HALT') return { answered: false };
    await neoService.secrets.get(context.environment.secret);
    const sent = await neoService.wallet.invoke({
      wallet: context.environment.wallet, contract: event.contract, method: 'fulfil', args: [id, 0, '12.5'],
    });
    return { answered: true, transaction: sent.transaction };
  },
};
