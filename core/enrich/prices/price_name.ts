const AWS_REGION_PREFIX = /^(?:us|eu|apac|jp|au|ca|sa|us-gov|global)\./;

/**
 * Gives the names under which a model may stand in the price table, best first: as it is, then without the wrapping that clouds
 * put around it (resource paths, ARNs, regions, revisions). `:free` and `:thinking` change the price and stay.
 */
export function toPriceNames(model: string): readonly string[] {
  const names = [model];
  const add = (name: string): void => {
    if (name !== "" && !names.includes(name)) names.push(name);
  };
  const bare = model.slice(model.lastIndexOf("/") + 1);
  // A path before the name ("models/", "publishers/x/models/", "arn:…:foundation-model/") and a vendor ("openai/gpt-4o").
  if (/^(?:models|publishers|projects|arn:|tunedModels)/.test(model)) add(bare);
  const local = (names.at(-1) ?? model).replace(AWS_REGION_PREFIX, "");
  add(local);
  add(local.replace(/@[\w-]+$/, ""));
  add(local.replace(/:\d+$/, ""));
  return names;
}
