//! The HTTP of a run: requests with the responses that answer them.

use crate::lesson::model::{Message, MessageKind, Run, Step};

/// A request and what answers it.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The step of the request.
    pub asked: &'a Step,
    /// The request.
    pub request: &'a Message,
    /// The step and the message of the response, if there is one.
    pub answer: Option<(&'a Step, &'a Message)>,
}

/// Every exchange of a run, in the order of the requests.
#[must_use]
pub fn exchanges(run: &Run) -> Vec<Exchange<'_>> {
    let mut exchanges: Vec<Exchange<'_>> = Vec::new();
    for step in &run.steps {
        let Some(message) = &step.message else {
            continue;
        };
        match message.kind {
            MessageKind::Request => exchanges.push(Exchange {
                asked: step,
                request: message,
                answer: None,
            }),
            MessageKind::Response => {
                let mut open = exchanges.iter_mut();
                let asked = open.find(|exchange| {
                    exchange.answer.is_none()
                        && exchange.asked.to.as_ref() == Some(&step.from)
                        && step.to.as_ref() == Some(&exchange.asked.from)
                });
                if let Some(exchange) = asked {
                    exchange.answer = Some((step, message));
                }
            }
            MessageKind::Failure | MessageKind::Store => {}
        }
    }
    exchanges
}

/// The parts of an HTTP message: first line, header fields, content.
pub(super) fn parts(octets: &str) -> (&str, Vec<(&str, &str)>, &str) {
    let (head, content) = octets.split_once("\r\n\r\n").unwrap_or((octets, ""));
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let fields = lines.filter_map(|line| line.split_once(": "));
    (first, fields.collect(), content)
}
