import { match, strictEqual } from "node:assert";
import { testOrSkip } from "../skip.ts";
import { findKernelReasonIn, type KernelFacts } from "./kernel.ts";
import { findCaptureReason, oispCommand } from "./oisp.ts";

const FACTS: KernelFacts = {
  os: "linux",
  release: "6.1.0-amd64",
  status: "Name:\tdeno\nCapEff:\t000001ffffffffff\n",
  hasTypes: true,
};

Deno.test("with kernel, types and rights there is no reason to skip a capture", () => {
  strictEqual(findKernelReasonIn(FACTS), undefined);
  strictEqual(findKernelReasonIn({ ...FACTS, lockdown: "none [integrity] confidentiality" }), undefined);
});

Deno.test("what is missing is the reason", () => {
  match(findKernelReasonIn({ ...FACTS, os: "darwin" }) ?? "", /Linux/);
  match(findKernelReasonIn({ ...FACTS, release: "5.4.0" }) ?? "", /5\.4\.0/);
  match(findKernelReasonIn({ ...FACTS, hasTypes: false }) ?? "", /BTF/);
  match(findKernelReasonIn({ ...FACTS, lockdown: "none integrity [confidentiality]" }) ?? "", /locked down/);
  match(findKernelReasonIn({ ...FACTS, status: "CapEff:\t0000000000000000\n" }) ?? "", /CAP_BPF/);
  strictEqual(findKernelReasonIn({ ...FACTS, status: "CapEff:\t000000ffffd7ffff\n" }), "needs CAP_SYS_PTRACE");
});

testOrSkip("where kernel and rights allow it, a capture opens", findCaptureReason(), () => {
  const [program = "", ...args] = oispCommand();
  const { code, stderr } = new Deno.Command(program, { args: [...args, "run", "--", "true"], stdin: "null" })
    .outputSync();
  strictEqual(code, 0, new TextDecoder().decode(stderr));
});
