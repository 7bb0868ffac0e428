//! The cheapest place at the start of a function.
//!
//! On x86-64 the kernel carries out some instructions itself when a probe sits on them (`push`, `nop`, jumps) and
//! single-steps the others, which costs a second trap. Only instructions that leave the stack pointer, the arguments
//! and memory alone may be stepped over, so that a probe there sees the call exactly as at its first byte.
use crate::image::{Image, Machine};
use crate::target::Cost;
use iced_x86::{Code, Decoder, DecoderOptions, Instruction, Mnemonic, OpKind, Register};

/// Bytes looked at; prologues have their pushes in the first few.
const WINDOW_BYTES: u64 = 48;
const MAX_SKIPPED: usize = 4;

/// Address to probe instead of `address`, and what a hit costs there. `arguments`: how many the function takes; the
/// registers of further ones are free.
pub(crate) fn cheapest(image: &Image<'_>, address: u64, arguments: u8) -> (u64, Cost) {
    if image.machine != Machine::X86_64 {
        return (address, Cost::Unknown);
    }
    let Some(code) = image.code(address, WINDOW_BYTES) else {
        return (address, Cost::Unknown);
    };
    let mut decoder = Decoder::with_ip(64, &code, address, DecoderOptions::NONE);
    let mut previous = Instruction::default();
    for _ in 0..=MAX_SKIPPED {
        let instruction = decoder.decode();
        if instruction.is_invalid() {
            break;
        }
        if is_emulated(&instruction) {
            return (instruction.ip(), Cost::Emulated);
        }
        if !is_harmless(&instruction, arguments) && !leaves_on_bad_argument(&previous, &instruction) {
            break;
        }
        previous = instruction;
    }
    (address, Cost::SingleStepped)
}

fn is_emulated(i: &Instruction) -> bool {
    match i.code() {
        Code::Push_r64 | Code::Jmp_rel8_64 | Code::Jmp_rel32_64 => true,
        // a one-byte nop only: the longer ones may be a patch site of somebody else
        Code::Nopd => i.len() == 1,
        _ => false,
    }
}

/// Changes nothing but registers that carry no argument and no caller's value.
fn is_harmless(i: &Instruction, arguments: u8) -> bool {
    let free = |r: Register| {
        use Register::{EAX, ECX, R8, R8D, R9, R9D, R10, R10D, R11, R11D, RAX, RCX};
        match r {
            RAX | EAX | R10 | R10D | R11 | R11D => true,
            RCX | ECX => arguments <= 3,
            R8 | R8D => arguments <= 4,
            R9 | R9D => arguments <= 5,
            _ => false,
        }
    };
    match i.mnemonic() {
        Mnemonic::Endbr64 => true,
        Mnemonic::Mov | Mnemonic::Lea => i.op0_kind() == OpKind::Register && free(i.op0_register()),
        Mnemonic::Xor => i.op0_kind() == OpKind::Register && i.op1_kind() == OpKind::Register && free(i.op0_register()),
        Mnemonic::Test | Mnemonic::Cmp => true,
        _ => false,
    }
}

/// `test` and a forward branch that only a call without an object or with a negative length takes: such a call moves
/// no bytes, so a probe behind the branch misses nothing.
fn leaves_on_bad_argument(test: &Instruction, branch: &Instruction) -> bool {
    let tests = |r: Register| {
        test.mnemonic() == Mnemonic::Test
            && test.op0_kind() == OpKind::Register
            && test.op1_kind() == OpKind::Register
            && test.op0_register() == r
            && test.op1_register() == r
    };
    let is_taken = match branch.mnemonic() {
        Mnemonic::Je => tests(Register::RDI),
        Mnemonic::Js => tests(Register::EDX),
        _ => false,
    };
    is_taken && branch.near_branch64() > branch.next_ip()
}
