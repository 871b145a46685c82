//! How much of what there was in a run, to be told beside the result.

use std::fmt;

macro_rules! counts {
    ($($name:ident = $text:literal;)+) => {
        /// Counts of a run or of many.
        #[derive(Clone, Debug, Default)]
        pub(super) struct Tally { $(pub $name: u64,)+ }

        impl Tally {
            pub(super) fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)+
            }
        }

        impl fmt::Display for Tally {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $(writeln!(f, "{:>10}  {}", self.$name, $text)?;)+
                Ok(())
            }
        }
    };
}

counts! {
    runs = "runs";
    messages = "different messages";
    deliveries = "deliveries to the service";
    resends = "messages sent again by a terminal";
    lost_requests = "requests lost on the line";
    lost_answers = "answers lost on the line";
    doubled = "requests doubled on the line";
    given_up = "messages that a terminal gave up";
    reversals = "settlements without an answer that a terminal reversed";
    forged = "message numbers used again for something else";
    together = "batches with one member settled by two institutions";
    settled = "settlements acknowledged";
    purchased = "purchases at a pharmacy acknowledged";
    cancelled = "cancellations acknowledged";
    withdrawn = "withdrawals of lines and registrations acknowledged";
    events = "events in the journals at the end";
    unheard = "of them never acknowledged";
    late = "of them recorded after the terminal had been refused";
    refusals = "requests refused because the disk refused";
    crashes = "crashes while serving";
    crashes_opening = "crashes while the store was opened";
    crashes_closing = "crashes while the store was closed";
    closed = "orderly restarts";
    torn = "writes torn by crashes";
    dropped = "writes dropped by crashes";
    full = "times the disk was full";
    read_only = "times the disk was read-only";
    failed = "writes or syncs that were to fail once";
    audits = "audits of the whole store";
}
