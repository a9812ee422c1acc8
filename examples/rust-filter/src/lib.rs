//! Passes option tickers whose strike is at least the parameter `strike`, and drops the others.
//!
//! The interface is docs/formats/wasm-abi.md: the host writes a batch into the region that `ims_alloc` gives and calls
//! `ims_batch` once for it. Addresses are 32 bits; the module imports nothing but the log.

use std::cmp::Ordering;
use std::sync::atomic::{AtomicI32, AtomicI64, Ordering::Relaxed};
use std::sync::Mutex;

const DESCRIPTION: &str = concat!(
    r#"{"name":"strike-above","version":"1.0.0","templates":[217],"parameters":[{"name":"strike","type":"number","#,
    r#""default":"85","doc":"the lowest strike that passes"}]}"#
);

const HEADER_BYTES: usize = 8;
const SCHEMA_ID: u16 = 1;
/// OptionTicker: octets of its block, and places of fields in it.
const BLOCK_BYTES: usize = 264;
const PRICE_SCALE_AT: usize = 37;
const STRIKE_AT: usize = 112;

const DROP: u32 = 1;

/// A record of a batch, as the host writes it.
#[repr(C)]
pub struct Entry {
    address: u32,
    length: u32,
    template: u16,
    version: u16,
    verdict: u32,
}

#[cfg(target_arch = "wasm32")]
#[link(wasm_import_module = "ims")]
extern "C" {
    fn log(level: i32, address: *const u8, length: usize);
}

static STRIKE_MANTISSA: AtomicI64 = AtomicI64::new(85);
static STRIKE_SCALE: AtomicI32 = AtomicI32::new(0);
/// Elements of 8 octets, so that records begin where the interface says.
static REGION: Mutex<Vec<u64>> = Mutex::new(Vec::new());

#[no_mangle]
pub extern "C" fn ims_abi() -> i32 {
    1
}

#[no_mangle]
pub extern "C" fn ims_describe() -> u64 {
    ((DESCRIPTION.as_ptr() as usize as u64) << 32) | DESCRIPTION.len() as u64
}

/// Only a larger batch than all before asks for more; 0 = there is no room.
#[no_mangle]
pub extern "C" fn ims_alloc(length: u32) -> u32 {
    let mut region = REGION.lock().unwrap();
    let words = (length as usize).div_ceil(8);
    if words > region.len() {
        let more = words - region.len();
        if region.try_reserve(more).is_err() {
            return 0;
        }
        region.resize(words, 0);
    }
    region.as_mut_ptr() as usize as u32
}

#[no_mangle]
pub extern "C" fn ims_param(index: i32, mantissa: i64, scale: i32) -> i32 {
    if index != 0 {
        return 1;
    }
    STRIKE_MANTISSA.store(mantissa, Relaxed);
    STRIKE_SCALE.store(scale, Relaxed);
    0
}

/// # Safety
/// `entries` is the address of `count` entries whose records lie in the module's memory, as the interface says.
#[no_mangle]
pub unsafe extern "C" fn ims_batch(entries: u32, count: i32) -> i32 {
    let entries = std::slice::from_raw_parts_mut(entries as usize as *mut Entry, count as usize);
    let strike = (STRIKE_MANTISSA.load(Relaxed), STRIKE_SCALE.load(Relaxed));
    for entry in entries {
        let record =
            std::slice::from_raw_parts(entry.address as usize as *const u8, entry.length as usize);
        match option_strike(record) {
            Some(own) if compare(own, strike) == Ordering::Less => entry.verdict = DROP,
            Some(_) => {}
            None => warn("a record is no whole option ticker and passes"),
        }
    }
    // Nothing was emitted.
    0
}

/// Mantissa and scale of a record's strike, unless it is cut off or of another schema.
fn option_strike(record: &[u8]) -> Option<(i64, i32)> {
    let header = record.get(..HEADER_BYTES)?;
    let block_bytes = u16::from_le_bytes([header[0], header[1]]) as usize;
    let schema = u16::from_le_bytes([header[4], header[5]]);
    let block = record.get(HEADER_BYTES..HEADER_BYTES + block_bytes)?;
    // A newer schema may have longer blocks.
    if schema != SCHEMA_ID || block_bytes < BLOCK_BYTES {
        return None;
    }
    let mantissa = i64::from_le_bytes(block[STRIKE_AT..STRIKE_AT + 8].try_into().ok()?);
    Some((mantissa, block[PRICE_SCALE_AT] as i32))
}

/// Compares mantissa × 10^−scale exactly: 64 bits times 10^19 fit into 128.
fn compare(left: (i64, i32), right: (i64, i32)) -> Ordering {
    match left.1.cmp(&right.1) {
        Ordering::Equal => left.0.cmp(&right.0),
        Ordering::Less => scaled(left.0, right.1 - left.1).cmp(&(right.0 as i128)),
        Ordering::Greater => (left.0 as i128).cmp(&scaled(right.0, left.1 - right.1)),
    }
}

/// mantissa × 10^digits; beyond 10^19 it is above every number of 64 bits in any case, unless it is 0.
fn scaled(mantissa: i64, digits: i32) -> i128 {
    mantissa as i128 * 10i128.pow(digits.min(19) as u32)
}

#[cfg(target_arch = "wasm32")]
fn warn(text: &str) {
    unsafe { log(2, text.as_ptr(), text.len()) }
}

#[cfg(not(target_arch = "wasm32"))]
fn warn(_text: &str) {}
