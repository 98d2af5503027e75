//! More models in a row than the compiler follows one function into itself: their code must not be such a row.

use orm::prelude::*;

macro_rules! chain {
    ($($model:ident $next:ident,)+) => { $(
        #[derive(Model)]
        struct $model {
            id: i64,
            #[field(on_delete = set_null)]
            next: Option<ForeignKey<$next>>,
        }
    )+ };
}

#[rustfmt::skip]
chain! {
    M0 M1, M1 M2, M2 M3, M3 M4, M4 M5, M5 M6, M6 M7, M7 M8, M8 M9, M9 M10, M10 M11, M11 M12,
    M12 M13, M13 M14, M14 M15, M15 M16, M16 M17, M17 M18, M18 M19, M19 M20, M20 M21, M21 M22, M22 M23, M23 M24,
    M24 M25, M25 M26, M26 M27, M27 M28, M28 M29, M29 M30, M30 M31, M31 M32, M32 M33, M33 M34, M34 M35, M35 M36,
    M36 M37, M37 M38, M38 M39, M39 M40, M40 M41, M41 M42, M42 M43, M43 M44, M44 M45, M45 M46, M46 M47, M47 M48,
    M48 M49, M49 M50, M50 M51, M51 M52, M52 M53, M53 M54, M54 M55, M55 M56, M56 M57, M57 M58, M58 M59, M59 M60,
    M60 M61, M61 M62, M62 M63, M63 M64, M64 M65, M65 M66, M66 M67, M67 M68, M68 M69, M69 M70, M70 M71, M71 M72,
    M72 M73, M73 M74, M74 M75, M75 M76, M76 M77, M77 M78, M78 M79, M79 M80, M80 M81, M81 M82, M82 M83, M83 M84,
    M84 M85, M85 M86, M86 M87, M87 M88, M88 M89, M89 M90, M90 M91, M91 M92, M92 M93, M93 M94, M94 M95, M95 M96,
    M96 M97, M97 M98, M98 M99, M99 M100, M100 M101, M101 M102, M102 M103, M103 M104, M104 M105, M105 M106, M106 M107, M107 M108,
    M108 M109, M109 M110, M110 M111, M111 M112, M112 M113, M113 M114, M114 M115, M115 M116, M116 M117, M117 M118, M118 M119, M119 M120,
    M120 M121, M121 M122, M122 M123, M123 M124, M124 M125, M125 M126, M126 M127, M127 M128, M128 M129, M129 M130, M130 M131, M131 M132,
    M132 M133, M133 M134, M134 M135, M135 M136, M136 M137, M137 M138, M138 M139, M139 M140, M140 M141, M141 M142, M142 M143, M143 M144,
    M144 M145, M145 M146, M146 M147, M147 M148, M148 M149, M149 M0,
}

#[test]
fn a_circle_of_150_models() {
    let db = Database::connect("sqlite::memory:").expect("SQLite in memory");
    db.create_tables().expect("tables");
    let last = M149::draft().save(&db).expect("a row");
    let first = M148::draft().next(&last).save(&db).expect("a row");
    assert_eq!(
        first.next.fetch(&db).expect("the key").map(|next| next.id),
        Some(last.id)
    );
    let found = M148::objects()
        .filter(M148::next.next.next.is_null())
        .count(&db);
    assert_eq!(found.expect("a number"), 1);
}

macro_rules! line {
    ($($model:ident $parent:ident,)+) => { $(
        #[derive(Model)]
        struct $model {
            parent: Parent<$parent>,
            own: i32,
        }
    )+ };
}

#[derive(Model)]
struct P0 {
    id: i64,
    name: String,
}

#[rustfmt::skip]
line! {
    P1 P0, P2 P1, P3 P2, P4 P3, P5 P4, P6 P5, P7 P6, P8 P7, P9 P8, P10 P9, P11 P10, P12 P11, P13 P12, P14 P13, P15 P14, P16 P15, P17 P16,
    P18 P17, P19 P18, P20 P19,
}

#[test]
fn a_line_of_20_parents() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    db.create_tables()?;
    let p10 = P10::draft()
        .own(10)
        .parent(P9::draft().own(9).parent(p8(&db)?))
        .save(&db)?;
    let p15 = P12::draft()
        .own(12)
        .parent(P11::draft().own(11).parent(p10.id))
        .save(&db)?;
    assert_eq!(
        (p15.id, &*p15.name, p15.own, p15.parent.own),
        (p10.id, "all", 12, 11)
    );
    assert_eq!(
        P12::objects()
            .filter(P12::parent.parent.parent.own.eq(9))
            .count(&db)?,
        1
    );
    assert_eq!(P20::objects().count(&db)?, 0);
    assert_eq!(P20::objects().all(&db)?.len(), 0);
    Ok(())
}

/// The key of a row of eight parents.
fn p8(db: &Database) -> Result<i64> {
    let p3 = P3::draft().own(3).parent(
        P2::draft()
            .own(2)
            .parent(P1::draft().own(1).parent(P0::draft().name("all"))),
    );
    let p6 = P6::draft()
        .own(6)
        .parent(P5::draft().own(5).parent(P4::draft().own(4).parent(p3)));
    Ok(P8::draft()
        .own(8)
        .parent(P7::draft().own(7).parent(p6))
        .save(db)?
        .id)
}
