//! Small files that say one thing each; real binaries are in `tests/real_binaries.rs`.
use crate::elf_builder::{CODE_AT, Elf};
use crate::{Abi, Cost, Function, Library, Machine, RefusalCode, Target, locate};

const PUSH: &[u8] = &[0x55, 0xc3];
const ENDBR_PUSH: &[u8] = &[0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0xc3];
const SUB: &[u8] = &[0x48, 0x83, 0xec, 0x08, 0xc3];
/// `mov r8,rcx; xor ecx,ecx`: the fourth argument becomes the fifth.
const FOURTH_TO_FIFTH: &[u8] = &[0x49, 0x89, 0xc8, 0x31, 0xc9];

fn only_library(elf: &Elf) -> Library {
    let found = locate(&elf.build()).unwrap();
    assert_eq!(found.libraries.len(), 1, "{found:?}");
    found.libraries[0].clone()
}

fn targets(elf: &Elf) -> Vec<Target> {
    only_library(elf).outcome.unwrap()
}

fn refusal(elf: &Elf) -> RefusalCode {
    only_library(elf).outcome.unwrap_err().code
}

fn plain(read: &[u8], write: &[u8]) -> Elf {
    let mut elf = Elf::new();
    elf.function("SSL_read", read);
    elf.function("SSL_write", write);
    elf
}

/// Public functions that begin dearly and lead to an internal one each, as in distributions' OpenSSL.
fn layered(before_write: &[u8]) -> (Elf, u64, u64) {
    let mut elf = Elf::new();
    let read = elf.function("", PUSH);
    let write = elf.function("", ENDBR_PUSH);
    let peek = elf.function("", PUSH);
    for (name, target) in [("SSL_read", read), ("SSL_read_ex", read), ("SSL_peek", peek), ("SSL_peek_ex", peek)] {
        elf.caller(name, &[], target);
    }
    elf.caller("SSL_write", &[], write);
    elf.caller("SSL_write_ex", before_write, write);
    (elf, read, write)
}

#[test]
fn a_push_is_probed_where_it_stands_and_endbr64_is_stepped_over() {
    let found = targets(&plain(PUSH, ENDBR_PUSH));
    assert_eq!((found[0].function, found[0].offset, found[0].cost), (Function::SslRead, CODE_AT, Cost::Emulated));
    assert_eq!((found[1].offset, found[1].cost), (CODE_AT + 16 + 4, Cost::Emulated));
}

#[test]
fn a_function_without_a_cheap_instruction_is_probed_at_its_first_byte() {
    let found = targets(&plain(SUB, PUSH));
    assert_eq!((found[0].offset, found[0].cost), (CODE_AT, Cost::SingleStepped));
}

#[test]
fn an_instruction_that_changes_an_argument_is_not_stepped_over() {
    let xor_esi_then_push = [0x31, 0xf6, 0x55, 0xc3];
    assert_eq!(targets(&plain(&xor_esi_then_push, PUSH))[0].offset, CODE_AT);
    let xor_eax_then_push = [0x31, 0xc0, 0x55, 0xc3];
    assert_eq!(targets(&plain(&xor_eax_then_push, PUSH))[0].offset, CODE_AT + 2);
}

#[test]
fn a_jump_to_another_function_is_cheap_and_registers_behind_the_last_argument_are_free() {
    // xor r8d,r8d; xor ecx,ecx; jmp +0
    let tail_jump = [0x45, 0x31, 0xc0, 0x31, 0xc9, 0xe9, 0, 0, 0, 0, 0xc3];
    let mut elf = plain(&tail_jump, PUSH);
    assert_eq!((targets(&elf)[0].offset, targets(&elf)[0].cost), (CODE_AT + 5, Cost::Emulated));
    // the fourth argument of this one is in ecx
    let at = elf.function("SSL_read_ex", &tail_jump[3..]);
    let found = targets(&elf).into_iter().find(|t| t.function == Function::SslReadEx).unwrap();
    assert_eq!((found.offset, found.cost), (at, Cost::SingleStepped));
}

#[test]
fn a_check_for_a_missing_object_is_stepped_over_and_other_branches_are_not() {
    let null_check = [0x48, 0x85, 0xff, 0x74, 0x04, 0x55, 0x5d, 0xc3, 0xc3, 0xc3];
    let found = targets(&plain(&null_check, PUSH));
    assert_eq!((found[0].offset, found[0].cost), (CODE_AT + 5, Cost::Emulated));
    let other_flag = [0x48, 0x85, 0xff, 0x75, 0x04, 0x55, 0x5d, 0xc3, 0xc3, 0xc3];
    let backwards = [0x48, 0x85, 0xff, 0x74, 0xfb, 0x55, 0x5d, 0xc3];
    for code in [&other_flag[..], &backwards[..]] {
        assert_eq!(targets(&plain(code, PUSH))[0].offset, CODE_AT);
    }
}

#[test]
fn a_public_function_that_jumps_to_another_is_followed() {
    let (mut elf, _, write) = layered(&[]);
    elf.symbols.retain(|s| s.0 != "SSL_write_ex");
    let behind = elf.caller("SSL_write_ex2", &[], write);
    let at = CODE_AT + elf.code.len().next_multiple_of(16) as u64;
    let mut code = FOURTH_TO_FIFTH.to_vec();
    code.push(0xe9);
    code.extend_from_slice(&(behind.wrapping_sub(at + 10) as i32).to_le_bytes());
    elf.function("SSL_write_ex", &code);
    let found = targets(&elf);
    assert_eq!(found[1].function, Function::SslWriteInternal);
    assert_eq!(found[1].abi, Abi::LengthPointer { length_argument: 4 });
}

#[test]
fn internal_functions_serve_both_forms_of_a_call() {
    let (elf, read, write) = layered(&[]);
    let found = targets(&elf);
    let abi = Abi::LengthPointer { length_argument: 3 };
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].function, found[0].offset, found[0].abi), (Function::SslReadInternal, read, abi));
    assert_eq!((found[1].function, found[1].offset, found[1].abi), (Function::SslWriteInternal, write + 4, abi));
}

#[test]
fn an_internal_write_with_flags_has_its_length_pointer_one_argument_later() {
    let (elf, _, _) = layered(FOURTH_TO_FIFTH);
    assert_eq!(targets(&elf)[1].abi, Abi::LengthPointer { length_argument: 4 });
}

#[test]
fn an_internal_function_is_not_used_when_its_arguments_are_not_proven() {
    let only_half_moved = &FOURTH_TO_FIFTH[..3];
    let changes_the_buffer = &[0x48, 0x89, 0xd6][..];
    for before in [only_half_moved, changes_the_buffer] {
        let found = targets(&layered(before).0);
        let functions: Vec<_> = found.iter().map(|t| t.function).collect();
        assert_eq!(functions, [Function::SslReadInternal, Function::SslWrite, Function::SslWriteEx]);
    }
}

#[test]
fn an_internal_function_that_a_peek_calls_too_is_not_used() {
    let (mut elf, read, _) = layered(&[]);
    elf.symbols.retain(|s| s.0 != "SSL_peek");
    elf.caller("SSL_peek", &[], read);
    let functions: Vec<_> = targets(&elf).iter().map(|t| t.function).collect();
    assert_eq!(functions, [Function::SslRead, Function::SslReadEx, Function::SslWriteInternal]);
}

#[test]
fn a_name_at_two_places_is_refused() {
    let mut elf = plain(PUSH, PUSH);
    elf.function("SSL_read", PUSH);
    assert_eq!(refusal(&elf), RefusalCode::Ambiguous);
}

#[test]
fn two_names_for_one_place_are_refused() {
    for (twin, of) in [("SSL_peek", 0), ("SSL_write", 0)] {
        let mut elf = plain(PUSH, PUSH);
        let shared = elf.symbols[of].1;
        elf.symbols.retain(|s| s.0 != twin);
        elf.symbols.push((twin, shared, 2, 1));
        assert_eq!(refusal(&elf), RefusalCode::Ambiguous, "{twin}");
    }
}

#[test]
fn a_library_that_cannot_write_is_refused() {
    let mut elf = Elf::new();
    elf.function("SSL_read", PUSH);
    assert_eq!(refusal(&elf), RefusalCode::Incomplete);
}

#[test]
fn an_address_outside_the_code_is_refused() {
    for address in [0, 64, CODE_AT - 1, CODE_AT + 4096, u64::MAX] {
        let mut elf = plain(PUSH, PUSH);
        elf.symbols[0].1 = address;
        assert_eq!(refusal(&elf), RefusalCode::OutsideCode, "{address:#x}");
    }
}

#[test]
fn a_peek_is_never_a_target() {
    let (elf, ..) = layered(&[]);
    let code = elf.build();
    let peek = elf.symbols.iter().find(|s| s.0 == "SSL_peek").unwrap().1;
    let all = locate(&code).unwrap().libraries.remove(0).outcome.unwrap();
    assert!(all.iter().all(|t| t.offset != peek && !t.function.name().contains("peek")));
}

#[test]
fn a_program_that_only_imports_the_functions_has_no_library() {
    let mut elf = Elf::new();
    elf.function("main", PUSH);
    elf.symbols.extend([("SSL_read", 0, 0, 0), ("SSL_write", 0, 0, 0)]);
    assert!(locate(&elf.build()).unwrap().libraries.is_empty());
}

#[test]
fn gnutls_is_found_with_the_life_of_a_session() {
    let names =
        ["gnutls_record_recv", "gnutls_record_send", "gnutls_init", "gnutls_handshake", "gnutls_bye", "gnutls_deinit"];
    let mut elf = Elf::new();
    for name in names {
        elf.function(name, PUSH);
    }
    let found = targets(&elf);
    assert_eq!(found.iter().map(|t| t.function.name()).collect::<Vec<_>>(), names);
    assert_eq!(found[2].abi, Abi::ObjectStored);
}

#[test]
fn aarch64_is_probed_at_the_symbol() {
    let mut elf = Elf::aarch64();
    elf.function("SSL_read", &[0x3f, 0x23, 0x03, 0xd5]);
    elf.function("SSL_write", &[0x3f, 0x23, 0x03, 0xd5]);
    assert_eq!(locate(&elf.build()).unwrap().machine, Machine::Aarch64);
    let found = targets(&elf);
    assert_eq!((found[0].offset, found[0].cost), (CODE_AT, Cost::Unknown));
}

#[test]
fn other_files_are_refused_with_their_reason() {
    let mut big_endian = plain(PUSH, PUSH).build();
    big_endian[5] = 2;
    let mut small = plain(PUSH, PUSH).build();
    small[4] = 1;
    let mut riscv = plain(PUSH, PUSH).build();
    riscv[18] = 243;
    for (file, code) in [
        (b"#!/bin/sh\n".to_vec(), RefusalCode::NotElf),
        (Vec::new(), RefusalCode::NotElf),
        (b"\x7fELF".to_vec(), RefusalCode::Damaged),
        (big_endian, RefusalCode::UnsupportedMachine),
        (small, RefusalCode::UnsupportedMachine),
        (riscv, RefusalCode::UnsupportedMachine),
    ] {
        assert_eq!(locate(&file).unwrap_err().code, code);
    }
}

#[test]
fn every_cut_of_a_file_is_an_answer_and_never_a_panic() {
    let whole = layered(&[]).0.build();
    for end in (0..whole.len()).step_by(7) {
        let _ = locate(&whole[..end].to_vec());
    }
}

#[test]
fn a_symbol_table_that_claims_gigabytes_takes_no_memory() {
    let mut file = plain(PUSH, PUSH).build();
    let headers = file.len() - 4 * 64;
    for section in 1..4 {
        let at = headers + section * 64 + 32;
        file[at..at + 8].copy_from_slice(&(u64::MAX / 2).to_le_bytes());
    }
    assert!(matches!(locate(&file).unwrap_err().code, RefusalCode::TooLarge | RefusalCode::Damaged));
}
