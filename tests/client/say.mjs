// Each check is one line of JSON on standard output: its name, and what is wrong (null where nothing is).
const SECONDS = 20;

export function same(found, wanted) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${a} instead of ${b}`);
}

export async function check(name, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came within ${SECONDS} s`)), SECONDS * 1000);
  });
  try {
    await Promise.race([work(), late]);
    console.log(JSON.stringify({ name, wrong: null }));
  } catch (error) {
    console.log(JSON.stringify({ name, wrong: String(error?.stack ?? JSON.stringify(error)) }));
  } finally {
    clearTimeout(timer);
  }
}

// The first thing of an async iterable that `wanted` takes.
export async function first(iterable, wanted = () => true) {
  for await (const item of iterable) if (wanted(item)) return item;
  throw new Error("the stream ended");
}
