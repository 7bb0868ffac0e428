//! What a function calls, and with which arguments it passes its own on (x86-64).
use crate::image::Image;
use crate::symbol::Symbol;
use iced_x86::{Code, Decoder, DecoderOptions, Instruction, Mnemonic, OpKind, Register};

/// Functions above this are not looked into.
const MAX_FUNCTION_BYTES: u64 = 4096;
/// The call looked for is among the first instructions.
const PROLOGUE_BYTES: u64 = 64;
/// `SSL_write_ex` is a jump to `SSL_write_ex2` since OpenSSL 3.3.
const MAX_JUMPS: usize = 1;

/// The first call of a function, reached from its first byte without a branch.
pub(crate) struct FirstCall {
    pub target: u64,
    /// Where the function's own fourth argument (counted 3) stands when the call is made: 3 or 4.
    pub fourth_argument_at: u8,
}

fn instructions(image: &Image<'_>, symbol: Symbol) -> Option<Vec<Instruction>> {
    if !(1..=MAX_FUNCTION_BYTES).contains(&symbol.bytes) {
        return None;
    }
    let code = image.code(symbol.address, symbol.bytes)?;
    Some(Decoder::with_ip(64, &code, symbol.address, DecoderOptions::NONE).iter().collect())
}

/// Every address that a function calls or jumps to directly outside itself; `None` where its size is not known.
pub(crate) fn direct_targets(image: &Image<'_>, symbol: Symbol) -> Option<Vec<u64>> {
    let own = symbol.address..symbol.address.checked_add(symbol.bytes)?;
    let all = instructions(image, symbol)?;
    let outward = all.iter().filter(|i| i.op0_kind() == OpKind::NearBranch64).map(Instruction::near_branch64);
    Some(outward.filter(|t| !own.contains(t)).collect())
}

/// The first call when arguments 0 to 2 are passed on untouched and argument 3 is passed on as argument 3 or 4;
/// `None` where that cannot be shown. A function that is only a jump to another one is followed there.
pub(crate) fn first_call_passing_arguments(image: &Image<'_>, symbol: Symbol) -> Option<FirstCall> {
    let mut fourth = Fourth::default();
    let mut at = symbol.address;
    for _ in 0..=MAX_JUMPS {
        let code = image.code(at, PROLOGUE_BYTES)?;
        let mut next = None;
        for i in &mut Decoder::with_ip(64, &code, at, DecoderOptions::NONE) {
            match i.code() {
                Code::Call_rel32_64 => return fourth.call(i.near_branch64()),
                Code::Jmp_rel8_64 | Code::Jmp_rel32_64 => {
                    next = Some(i.near_branch64());
                    break;
                }
                _ => fourth.follow(&i)?,
            }
        }
        at = next?;
    }
    None
}

/// Where the fourth argument has been moved to so far.
#[derive(Default)]
struct Fourth {
    is_copied: bool,
    is_gone: bool,
}

impl Fourth {
    /// Takes one instruction in; `None` where it may change an argument in another way than the one known.
    fn follow(&mut self, i: &Instruction) -> Option<()> {
        match i.code() {
            Code::Push_r64 | Code::Endbr64 => {}
            _ if is_register_move(i, Register::R8, Register::RCX) && !self.is_gone => self.is_copied = true,
            _ if zeroes_rcx(i) && self.is_copied => self.is_gone = true,
            _ if lowers_stack(i) => {}
            _ => return None,
        }
        Some(())
    }

    fn call(&self, target: u64) -> Option<FirstCall> {
        let fourth_argument_at = if self.is_copied { 4 } else { 3 };
        (self.is_copied == self.is_gone).then_some(FirstCall { target, fourth_argument_at })
    }
}

fn lowers_stack(i: &Instruction) -> bool {
    i.mnemonic() == Mnemonic::Sub && i.op0_kind() == OpKind::Register && i.op0_register() == Register::RSP
}

fn is_register_move(i: &Instruction, to: Register, from: Register) -> bool {
    i.mnemonic() == Mnemonic::Mov
        && i.op0_kind() == OpKind::Register
        && i.op1_kind() == OpKind::Register
        && i.op0_register() == to
        && i.op1_register() == from
}

fn zeroes_rcx(i: &Instruction) -> bool {
    i.mnemonic() == Mnemonic::Xor
        && i.op0_kind() == OpKind::Register
        && i.op1_kind() == OpKind::Register
        && i.op0_register() == i.op1_register()
        && matches!(i.op0_register(), Register::RCX | Register::ECX)
}
