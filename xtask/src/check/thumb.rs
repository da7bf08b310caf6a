//! Finds instructions of the DSP extension in a program for a Cortex-M.
//!
//! Source: Arm, "Armv7-M Architecture Reference Manual", A5.3 (encodings of 32 bits), A5.1 (the DSP extension).

use object::{Object, ObjectSection, ObjectSymbol};

use crate::failure::Failure;

/// Returns the addresses of all instructions of the DSP extension in a program's code.
///
/// # Errors
///
/// A program without code, or without mapping symbols.
pub fn dsp_instructions(program: &object::File<'_>) -> Result<Vec<u64>, Failure> {
    let section = program.section_by_name(".text").ok_or("a program without code")?;
    let (text, start) = (section.data()?, section.address());
    // Mapping symbols: `$t` and `$d`, with or without a suffix, mark where code and data begin.
    let mut parts: Vec<(u64, bool)> = program
        .symbols()
        .filter(|symbol| symbol.section_index() == Some(section.index()))
        .filter_map(|symbol| match symbol.name().ok()?.get(..2)? {
            "$t" => Some((symbol.address(), true)),
            "$d" => Some((symbol.address(), false)),
            _ => None,
        })
        .collect();
    parts.sort_unstable();
    if !parts.iter().any(|part| part.1) {
        return Err("a program without marks of its code: is it stripped?".into());
    }
    let ends = parts.iter().skip(1).map(|part| part.0).chain([start + text.len() as u64]);
    let mut found = Vec::new();
    for (&(from, is_code), to) in parts.iter().zip(ends) {
        let part = text.get((from - start) as usize..(to - start) as usize).ok_or("marks beside the code")?;
        if is_code {
            found.extend(dsp_offsets(part).map(|offset| from + offset as u64));
        }
    }
    Ok(found)
}

/// Returns the offsets of the extension's instructions in a piece of code.
fn dsp_offsets(code: &[u8]) -> impl Iterator<Item = usize> {
    let halfwords: Vec<u16> = code.as_chunks().0.iter().map(|&bytes| u16::from_le_bytes(bytes)).collect();
    let mut index = 0;
    std::iter::from_fn(move || {
        while let Some(&first) = halfwords.get(index) {
            let at = index;
            let is_wide = first >> 11 >= 0b11101;
            index += if is_wide { 2 } else { 1 };
            if let (true, Some(&second)) = (is_wide, halfwords.get(at + 1))
                && is_dsp(first, second)
            {
                return Some(2 * at);
            }
        }
        None
    })
}

/// True if an instruction of 32 bits belongs to the extension.
fn is_dsp(first: u16, second: u16) -> bool {
    let operation = first >> 4 & 7;
    let without_addend = first & 15 == 15;
    let last = second >> 4 & 15;
    match first >> 7 {
        // SXTAH, UXTAH, –, –, SXTAB, UXTAB have an addend; SXTB16, UXTB16 in between may have one.
        0b1_1111_0100 if second & 0xF080 == 0xF080 => matches!(operation, 2 | 3) || !without_addend,
        // Additions and subtractions by lane; saturating ones; SEL.
        0b1_1111_0101 => match second & 0xF080 {
            0xF000 => true,
            0xF080 => operation == 0 || operation == 2,
            _ => false,
        },
        // SMLABB, SMLAD, SMLAWB, SMLSD, SMMLA, SMMLS, USADA8; not MUL, MLA, MLS.
        0b1_1111_0110 => operation != 0 && second & 0xC0 == 0,
        // SMLALBB and SMLALD, SMLSLD, UMAAL; not SMULL, SDIV, UMULL, UDIV, SMLAL, UMLAL.
        0b1_1111_0111 => match operation {
            4 => last >= 8,
            5 => last >= 12,
            6 => last == 6,
            _ => false,
        },
        // PKHBT and PKHTB.
        _ if first & 0xFFE0 == 0xEAC0 => true,
        // SSAT16 and USAT16: encoded as the other saturations with a shift of 0.
        _ => matches!(first & 0xFFF0, 0xF320 | 0xF3A0) && second & 0xF0F0 == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_of_the_extension_are_known() {
        for (first, second, text) in [
            (0xFA3F, 0xFC86, "uxtb16 r12, r6"),
            (0xFA3F, 0xF696, "uxtb16 r6, r6, ror #8"),
            (0xFA21, 0xF082, "sxtab16 r0, r1, r2"),
            (0xFA51, 0xF082, "uxtab r0, r1, r2"),
            (0xFA91, 0xF002, "sadd16 r0, r1, r2"),
            (0xFAC1, 0xF042, "usub8 r0, r1, r2"),
            (0xFA82, 0xF081, "qadd r0, r1, r2"),
            (0xFAA1, 0xF082, "sel r0, r1, r2"),
            (0xFB11, 0xF002, "smulbb r0, r1, r2"),
            (0xFB21, 0x3002, "smlad r0, r1, r2, r3"),
            (0xFB21, 0xF002, "smuad r0, r1, r2"),
            (0xFB71, 0xF002, "usad8 r0, r1, r2"),
            (0xFBC2, 0x01C3, "smlald r0, r1, r2, r3"),
            (0xFBE2, 0x0163, "umaal r0, r1, r2, r3"),
            (0xEAC1, 0x0002, "pkhbt r0, r1, r2"),
            (0xF321, 0x0007, "ssat16 r0, #8, r1"),
            (0xF3A1, 0x0008, "usat16 r0, #8, r1"),
        ] {
            assert!(is_dsp(first, second), "{text}");
        }
    }

    #[test]
    fn instructions_that_every_core_has_are_none_of_them() {
        for (first, second, text) in [
            (0xFA1F, 0xF686, "uxth.w r6, r6"),
            (0xFA5F, 0xF081, "uxtb.w r0, r1"),
            (0xFA01, 0xF002, "lsl.w r0, r1, r2"),
            (0xFA91, 0xF081, "rev.w r0, r1"),
            (0xFAB1, 0xF081, "clz r0, r1"),
            (0xFB01, 0x3002, "mla r0, r1, r2, r3"),
            (0xFB01, 0x3012, "mls r0, r1, r2, r3"),
            (0xFB91, 0xF0F2, "sdiv r0, r1, r2"),
            (0xFBA2, 0x0103, "umull r0, r1, r2, r3"),
            (0xFBC2, 0x0103, "smlal r0, r1, r2, r3"),
            (0xFBE2, 0x0103, "umlal r0, r1, r2, r3"),
            (0xEA81, 0x0002, "eor.w r0, r1, r2"),
            (0xF301, 0x0007, "ssat r0, #8, r1"),
            (0xF321, 0x0047, "ssat r0, #8, r1, asr #1"),
            (0xF3AF, 0x8000, "nop.w"),
            (0xF000, 0xF800, "bl"),
        ] {
            assert!(!is_dsp(first, second), "{text}");
        }
    }

    #[test]
    fn second_halves_of_other_instructions_are_not_taken_for_first_ones() {
        let code = |halfwords: &[u16]| halfwords.iter().flat_map(|half| half.to_le_bytes()).collect::<Vec<_>>();
        // movw r12, #…: its second half and the next halfword look like `uxtb16`.
        assert_eq!(dsp_offsets(&code(&[0xF240, 0xFA3F, 0xF080])).count(), 0);
        assert_eq!(dsp_offsets(&code(&[0xBF00, 0xFA3F, 0xFC86])).collect::<Vec<_>>(), [2]);
    }
}
