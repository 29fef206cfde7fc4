use super::{Kind, find, redact};

fn shown(text: &str) -> String {
    redact(text).0
}

#[test]
fn numbers_are_known_by_their_form() {
    let cases = [
        ("NHS no 999 123 4564 given", "NHS no [NHS] given"),
        ("the number 999 057 7773 is his", "the number [NHS] is his"),
        ("UPN A000123456789 on file", "UPN [UPN] on file"),
        ("upn h801200001001b noted", "upn [UPN] noted"),
        ("NI number QQ 12 34 56 C.", "NI number [NI]."),
        ("her NI is qq123456c", "her NI is [NI]"),
        ("ring 07700 900123 today", "ring [PHONE] today"),
        ("ring 020 7946 0123", "ring [PHONE]"),
        ("ring +44 7700 900 123", "ring +[PHONE]"),
        ("ring (01632) 960123", "ring ([PHONE]"),
        ("mobile 07700\n900123", "mobile [PHONE]"),
        ("email jo.field@example.org please", "email [EMAIL] please"),
        ("see https://example.org/a?b=1 for it", "see [URL] for it"),
        ("moved to ZZ9 9XY last week", "moved to [POSTCODE] last week"),
        ("moved to zz99 9xy last week", "moved to [POSTCODE] last week"),
        ("family at 12 Heron Close, Ashcombe ZZ1 2XY now", "family at [ADDRESS] now"),
        ("stays at Flat 3, 14 Old Quarry Lane with dad", "stays at [ADDRESS] with dad"),
        ("stays at 4 cinder lane with dad", "stays at [ADDRESS] with dad"),
        ("born 03/04/2015, well", "born [BIRTH], well"),
        ("dob 3.4.15", "dob [BIRTH]"),
        ("born on 3rd of April 2015", "born on [BIRTH]"),
        ("born 12 March\n2015", "born [BIRTH]"),
        ("seen on 2021-05-03 at school", "seen on [DATE] at school"),
        ("case no. ZC21C00123 listed", "case no. [REF] listed"),
        ("crime ref 42/1234/21 given", "crime ref [REF] given"),
        ("on file as 1234567", "on file as [REF]"),
    ];
    for (text, wanted) in cases {
        assert_eq!(shown(text), wanted, "{text:?}");
    }
}

#[test]
fn numbers_that_are_nobodys_stay() {
    for text in [
        "aged 7 and 11, 3 referrals in 12 months",
        "at 10.30 in room 4, for 45 minutes",
        "weighs 21.5 kg, 2 bedrooms, 1 of 3 children",
        "owes 1,200 pounds for 16 weeks",
        "in Year 9, and in 2019 and 2020",
        "had 2 close friends in 3 different schools",
        "on 3 April he was seen",
        "a Section 47 enquiry in the Family Court",
    ] {
        assert_eq!(shown(text), text, "{:?}", find(text));
    }
}

#[test]
fn names_are_known_by_how_they_are_written() {
    let cases = [
        ("Spoke to Abreth Corvenham about school.", "Spoke to [NAME] about school."),
        ("Spoke to Abreth\nCorvenham about it.", "Spoke to [NAME] about it."),
        ("Verrith was present.", "[NAME] was present."),
        ("Call from Mrs Dunmarrow.", "Call from Mrs [NAME]."),
        ("Call from Mr. Field about rent.", "Call from Mr. [NAME] about rent."),
        ("call from mrs jones about rent", "call from mrs [NAME] about rent"),
        ("Mum says Grace is well, and Jack too.", "Mum says [NAME] is well, and [NAME] too."),
        ("Aisha O'Brien-Khan came.", "[NAME] came."),
        ("Seen by Dr Sanghera and PC Wexmoor.", "Seen by Dr [NAME] and PC [NAME]."),
        ("spoke to abreth corvenham today", "spoke to [NAME] today"),
        ("Abreth's bedroom was tidy.", "[NAME] bedroom was tidy."),
        ("Visit to Wojciech Kowalczyk and Ngozi Okonkwo.", "Visit to [NAME] and [NAME]."),
    ];
    for (text, wanted) in cases {
        assert_eq!(shown(text), wanted, "{text:?}");
    }
}

#[test]
fn ordinary_words_stay() {
    for text in [
        "Home visit to mum and dad. Will visit again on Monday. May need help.",
        "Assesment completed. Discussed with manager; CAMHS and MARAC informed.",
        "School and Police attended the Strategy Meeting. GP letter received.",
        "Family is Polish and Catholic, from Romania. Mum uses Facebook and WhatsApp.",
        "Non-molestation order breached. Step-dad smacked him. Anonymous caller gave no name.",
        "[NAME] lives at [ADDRESS]. Ring [PHONE].",
    ] {
        assert_eq!(shown(text), text, "{:?}", find(text));
    }
}

#[test]
fn what_was_taken_out_stays_out() {
    let text = "Abreth Corvenham, born 3.4.15, 12 Heron Close, Ashcombe ZZ1 2XY, 07700 900123";
    let (once, found) = redact(text);
    assert_eq!(found, [Kind::Name, Kind::DateOfBirth, Kind::Address, Kind::Telephone]);
    assert_eq!(redact(&once), (once.clone(), Vec::new()));
    for odd in ["", " ", "\n", "\u{e9}", "Zo\u{eb} \u{141}ukasz", "@", "a@", "999", "1 ", "Mr", "mr. "] {
        assert!(redact(odd).1.len() < 3, "{odd:?}");
    }
}
