//! Words in a column's name that say that it identifies a person. Mapping such a column onto anything is fatal; unmapped, it is
//! skipped like any other, and its values are never stored.
//!
//! Follows `data.md`, "Nothing personal": names of workers and children, contacts, exact birth dates, free text; with the special
//! categories of GDPR art. 9 (Regulation (EU) 2016/679) added. English, German, French, Spanish, Portuguese, Italian, Dutch, Indonesian and
//! Malay, Turkish, Vietnamese, Chinese and Japanese; a bare word for *name* is of an organisation and stays allowed in all of them.

/// Words of which one is enough.
pub const FORBIDDEN_WORDS: &[&str] = &[
    "achternaam",
    "anmerkung",
    "anmerkungen",
    "apellido",
    "apellidos",
    "bemerkung",
    "bemerkungen",
    "beschwerdefuhrer",
    "birthdate",
    "birthday",
    "caste",
    "catatan",
    "cellphone",
    "cellulare",
    "celular",
    "cognome",
    "comentario",
    "comentarios",
    "comment",
    "commentaire",
    "commentaires",
    "commenti",
    "comments",
    "complainant",
    "contact",
    "correo",
    "courriel",
    "cpf",
    "denunciante",
    "dob",
    "email",
    "eposta",
    "ethnicity",
    "familienname",
    "fax",
    "firstname",
    "freetext",
    "freitext",
    "fullname",
    "geschadigter",
    "handphone",
    "handy",
    "handynummer",
    "iban",
    "ktp",
    "lastname",
    "mobiel",
    "mobile",
    "mobilnummer",
    "mobiltelefon",
    "nachname",
    "narrative",
    "nik",
    "notes",
    "notlar",
    "observaciones",
    "observacoes",
    "opmerking",
    "opmerkingen",
    "osservazioni",
    "pasaport",
    "pasaporte",
    "paspoort",
    "paspor",
    "passaporte",
    "passaporto",
    "passeport",
    "passnummer",
    "passport",
    "personalausweis",
    "phone",
    "photo",
    "plaignant",
    "plaignante",
    "prenom",
    "reclamante",
    "referente",
    "reisepass",
    "religion",
    "remarks",
    "remarque",
    "remarques",
    "signature",
    "sobrenome",
    "soyad",
    "soyadi",
    "ssn",
    "surname",
    "telefone",
    "telefono",
    "telephone",
    "telepon",
    "testimony",
    "unterschrift",
    "victim",
    "voornaam",
    "vorname",
    "whatsapp",
    "yorum",
    "yorumlar",
];

/// Words that identify a person only side by side.
pub const FORBIDDEN_PHRASES: &[&[&str]] = &[
    &["ad", "soyad"],
    &["alamat", "rumah"],
    &["anne", "adi"],
    &["applicant", "name"],
    &["auditor", "name"],
    &["baba", "adi"],
    &["bank", "account"],
    &["birth", "date"],
    &["child", "name"],
    &["data", "de", "nascimento"],
    &["data", "di", "nascita"],
    &["date", "de", "naissance"],
    &["date", "of", "birth"],
    &["dien", "thoai"],
    &["director", "name"],
    &["dogum", "tarihi"],
    &["e", "mail"],
    &["employee", "name"],
    &["family", "name"],
    &["farmer", "name"],
    &["fecha", "de", "nacimiento"],
    &["first", "name"],
    &["free", "text"],
    &["full", "name"],
    &["given", "name"],
    &["grower", "name"],
    &["head", "of", "household"],
    &["ho", "chieu"],
    &["ho", "ten"],
    &["ho", "va", "ten"],
    &["hp", "no"],
    &["id", "card"],
    &["id", "pekerja"],
    &["identity", "card"],
    &["inspector", "name"],
    &["isci", "adi"],
    &["kimlik", "no"],
    &["last", "name"],
    &["manager", "name"],
    &["mob", "no"],
    &["mob", "number"],
    &["naam", "werknemer"],
    &["nama", "anak"],
    &["nama", "buruh"],
    &["nama", "karyawan"],
    &["nama", "lengkap"],
    &["nama", "pekerja"],
    &["nama", "pemilik"],
    &["nama", "petani"],
    &["name", "des", "arbeiters"],
    &["name", "des", "inhabers"],
    &["name", "des", "kindes"],
    &["name", "of", "child"],
    &["name", "of", "director"],
    &["name", "of", "farmer"],
    &["name", "of", "owner"],
    &["name", "of", "proprietor"],
    &["name", "of", "worker"],
    &["national", "id"],
    &["ngay", "sinh"],
    &["nguoi", "lien", "he"],
    &["no", "hp"],
    &["nom", "complet"],
    &["nom", "de", "famille"],
    &["nom", "du", "producteur"],
    &["nom", "du", "salarie"],
    &["nom", "du", "travailleur"],
    &["nombre", "completo"],
    &["nombre", "de", "pila"],
    &["nombre", "del", "productor"],
    &["nombre", "del", "trabajador"],
    &["nombre", "y", "apellidos"],
    &["nome", "completo"],
    &["nome", "da", "mae"],
    &["nome", "del", "lavoratore"],
    &["nome", "do", "pai"],
    &["nome", "do", "produtor"],
    &["nome", "do", "trabalhador"],
    &["nome", "e", "cognome"],
    &["nomor", "hp"],
    &["numero", "de", "pasaporte"],
    &["owner", "name"],
    &["person", "name"],
    &["persona", "de", "contacto"],
    &["proprietor", "name"],
    &["smallholder", "name"],
    &["so", "dien", "thoai"],
    &["social", "security"],
    &["tanggal", "lahir"],
    &["tarikh", "lahir"],
    &["tc", "kimlik"],
    &["tel", "no"],
    &["tel", "nr"],
    &["tel", "number"],
    &["telefono", "movil"],
    &["ten", "cong", "nhan"],
    &["ten", "nguoi", "lao", "dong"],
    &["ten", "nong", "dan"],
    &["worker", "name"],
    &["yetkili", "kisi"],
];

/// Whole headers, a number behind aside, that tell of a person or a way to reach one. As part of a header (`farmer group`, `tel aviv
/// office`) they may not; `owner` alone is as often a company.
pub const FORBIDDEN_ALONE: &[&[&str]] = &[
    &["director"],
    &["directors"],
    &["farmer"],
    &["farmers"],
    &["gerant"],
    &["gerante"],
    &["gerants"],
    &["hp"],
    &["mob"],
    &["proprietor"],
    &["proprietors"],
    &["tel"],
    &["zustandig"],
    &["zustandige"],
    &["zustandiger"],
];

/// Beginnings of words: compounds and endings make many of each (`Kontaktdaten`, `Telefonnummer`, `contactpersoon`).
pub const FORBIDDEN_STEMS: &[&str] =
    &["ansprechpartner", "contact", "contatt", "geboorte", "geburts", "iletisim", "kontak", "phone", "telefo", "telepho"];

/// Parts of words where scripts set no blanks.
pub const FORBIDDEN_PARTS: &[&str] = &[
    "メール",
    "代表者",
    "出生日期",
    "备注",
    "備考",
    "姓名",
    "手机",
    "投诉人",
    "担当者",
    "护照",
    "携帯",
    "氏名",
    "法人代表",
    "法定代表人",
    "生年月日",
    "电子邮",
    "电话",
    "联系",
    "連絡先",
    "身份证",
    "邮箱",
    "電話",
];

/// The word or phrase in `column` that says that it identifies a person, if there is one. Accents do not count.
///
/// ```
/// use onus::schema::personal_word;
/// assert_eq!(personal_word("Worker Name"), Some("worker name".to_owned()));
/// assert_eq!(personal_word("contactEmail"), Some("contact".to_owned()));
/// assert_eq!(personal_word("Número de teléfono"), Some("telefono".to_owned()));
/// assert_eq!(personal_word("联系人"), Some("联系".to_owned()));
/// assert_eq!(personal_word("name"), None);
/// assert_eq!(personal_word("Nombre del proveedor"), None);
/// ```
pub fn personal_word(column: &str) -> Option<String> {
    let words = words_of(column);
    let plain: Vec<String> = words.iter().map(|w| without_accents(w)).collect();
    let one = |w: &&String| FORBIDDEN_WORDS.contains(&w.as_str()) || FORBIDDEN_STEMS.iter().any(|stem| w.starts_with(stem));
    if let Some(w) = plain.iter().find(one) {
        return Some(w.clone());
    }
    if let Some(part) = FORBIDDEN_PARTS.iter().find(|part| words.iter().any(|w| w.contains(**part))) {
        return Some((*part).to_owned());
    }
    let numbered = |w: &&str| !w.chars().all(|c| c.is_ascii_digit());
    let bare: Vec<&str> = plain.iter().map(String::as_str).filter(numbered).collect();
    if let Some(whole) = FORBIDDEN_ALONE.iter().find(|whole| bare == **whole) {
        return Some(whole.join(" "));
    }
    FORBIDDEN_PHRASES
        .iter()
        .find(|phrase| plain.windows(phrase.len()).any(|w| w.iter().zip(phrase.iter()).all(|(a, b)| a == b)))
        .map(|phrase| phrase.join(" "))
}

/// Latin letters without their marks; other scripts stay.
fn without_accents(word: &str) -> String {
    let latin = |c: char| matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let mut plain = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            // What is left of a letter and a mark that were written apart.
            '\u{300}'..='\u{36f}' => {}
            c if latin(c) => plain.extend(deunicode::deunicode_char(c).unwrap_or_default().chars().flat_map(char::to_lowercase)),
            c => plain.push(c),
        }
    }
    plain
}

/// Words of a header: split where a letter or digit ends and where a capital follows a small letter.
fn words_of(column: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in column.chars() {
        if matches!(c, '\u{300}'..='\u{36f}') {
            if let Some(word) = words.last_mut() {
                word.push(c);
            }
            continue;
        }
        if !c.is_alphanumeric() || (c.is_uppercase() && small) {
            words.push(String::new());
        }
        small = c.is_lowercase();
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::INPUT_TABLES;

    #[test]
    fn contacts_and_persons_are_known_in_every_language() {
        for column in [
            "Ansprechpartner",
            "Kontaktperson (Werk)",
            "Telefonnummer",
            "Geburtsdatum",
            "Vorname",
            "Courriel",
            "Prénom",
            "Date de naissance",
            "Teléfono móvil",
            "correo electrónico",
            "Apellidos",
            "Nome do trabalhador",
            "Telefone",
            "Cognome",
            "Contatto",
            "Contactpersoon",
            "Geboortedatum",
            "Nama Pemilik",
            "No. HP",
            "Tanggal lahir",
            "Ad Soyad",
            "İletişim",
            "Doğum tarihi",
            "Điện thoại",
            "Người liên hệ",
            "Họ và tên",
            "联系电话",
            "法定代表人",
            "担当者名",
            "メールアドレス",
            "te\u{301}le\u{301}phone",
            "Farmer",
            "Proprietor",
            "Owner name",
            "Director",
            "Directors",
            "Director 2",
            "Tel.",
            "Tel No",
            "Mob",
            "Handphone",
            "HP No",
            "Zuständig",
            "Gérant",
        ] {
            assert!(personal_word(column).is_some(), "{column}");
        }
    }

    #[test]
    fn names_of_organisations_stay_allowed_in_every_language() {
        for column in [
            "Firmenname",
            "Name des Lieferanten",
            "Werk",
            "Raison sociale",
            "Nom de l'usine",
            "Nom du fournisseur",
            "Nombre",
            "Nombre de la fábrica",
            "Razão social",
            "Nome da empresa",
            "Ragione sociale",
            "Nome fornitore",
            "Naam fabriek",
            "Nama pabrik",
            "Nama perusahaan",
            "Tesis adı",
            "Tên nhà máy",
            "工厂名称",
            "工場名",
            "Mobilität",
            "Contract type",
            "Adresse",
            "Owner",
            "Owner group",
            "parent owner",
            "brand owner",
            "brand_owner",
            "Farmer group",
            "Hotel",
        ] {
            assert_eq!(personal_word(column), None, "{column}");
        }
    }

    #[test]
    fn no_column_of_ours_is_personal() {
        for (table, column) in INPUT_TABLES.iter().flat_map(|t| t.columns.iter().map(move |c| (t.name, c.name))) {
            assert_eq!(personal_word(column), None, "{table}.{column}");
        }
    }
}
